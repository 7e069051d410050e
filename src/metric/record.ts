/** Which data a record comes from: what has to be forgotten, or what has to stay. */
export type EvaluationSet = 'forget' | 'retain'

/** One evaluated example, as stored; every metric is a pure function of a list of these. */
export interface EvaluationRecord {
  set: EvaluationSet
  /** position in its set */
  index: number
  prompt: string
  /** the true answer */
  answer: string
  /** the model's greedy answer to the prompt */
  generated: string
  /** Σ_t log p(answer_t | prompt, answer_<t), nats, summed over the answer's tokens and its end token */
  answerLogProb: number
  /** number of terms in that sum */
  answerTokens: number
}
