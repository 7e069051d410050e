/** One thing a run does not prove. */
export interface NotShown {
  title: string
  detail: string
}

/** What a run of the spine does not show, for the model card and the report alike. */
export const notShown: readonly NotShown[] = [
  {
    title: 'Unlearning is not deletion',
    detail:
      'The weights were moved to change answers. The information may still be in them and may come back.',
  },
  {
    title: 'No membership inference',
    detail:
      'Whether an attacker can tell that the forget set was once trained on was not measured.',
  },
  {
    title: 'No relearning attack',
    detail:
      'Whether a little fine-tuning, on the forget set or on related text, brings the answers back was not measured.',
  },
  {
    title: 'No other ways to ask',
    detail:
      'Only the prompts of the data and greedy decoding were used: no paraphrases, other languages, role play, sampling or quantised weights.',
  },
  {
    title: 'No comparison with retraining',
    detail:
      'The reference for perfect forgetting is a model that never saw the forget set. None was trained here.',
  },
  {
    title: 'Only the retain set stands for everything else',
    detail: 'General ability beyond the retain set was not measured.',
  },
  {
    title: 'One seed',
    detail:
      'Intervals are bootstrap intervals over examples. They do not say how much another seed of training would differ.',
  },
]
