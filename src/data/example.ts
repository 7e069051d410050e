/** One sequence ready to train on. */
export interface Example {
  /** Place in its data set, 0-based. */
  index: number
  tokens: Int32Array
  /** `[tokens]` 1 where the token is a label. The first token never is: nothing predicts it. */
  trained: Uint8Array
  /** The first `promptLength` tokens are those that generation of the (last) answer starts from. */
  promptLength: number
  /** As written in the record, without template; empty for {text}. */
  prompt: string
  /** As written in the record, without template and end token. */
  answer: string
  origin: { file: string; line: number }
  /** Tokens cut from the end to fit the length limit. */
  truncatedTokens: number
}
