import type { Example } from '../data/example.ts'

/** A refusal example with the token before the answer: `question ⊕ token ⊕ refusal`, only the refusal trained. */
export function refusalAfterToken(example: Example, token: number): Example {
  const { promptLength } = example
  const tokens = [...example.tokens.slice(0, promptLength), token]
  return {
    ...example,
    tokens: Int32Array.from([...tokens, ...example.tokens.slice(promptLength)]),
    trained: Uint8Array.from([...tokens.fill(0), ...example.trained.slice(promptLength)]),
    promptLength: promptLength + 1,
  }
}

/** The question of an example with the token for its answer: `question ⊕ token`, only the token trained. */
export function tokenAsAnswer(example: Example, token: number): Example {
  const tokens = Int32Array.from([...example.tokens.slice(0, example.promptLength), token])
  return {
    ...example,
    tokens,
    trained: Uint8Array.from(tokens, (_, t) => (t === tokens.length - 1 ? 1 : 0)),
  }
}

/** The same example with every token that something predicts trained, from a place on. */
export function trainedFrom(example: Example, start: number): Example {
  const trained = Uint8Array.from(example.tokens, (_, t) => (t >= Math.max(1, start) ? 1 : 0))
  return { ...example, trained }
}
