import { type Stream, uniform } from '../math/random.ts'

/** How the next token is chosen. */
export interface Choosing {
  /** 0: greedy. Else logits are divided by it and a token is drawn. */
  readonly temperature?: number
  /** Draw among the most likely tokens that together have at least this probability. 1: all. */
  readonly topP?: number
  readonly seed?: number
}

/**
 * The next token from one row of logits: the largest (the first of equals) at temperature 0, else a draw that
 * depends on (seed, stream, position) only.
 */
export function chooseToken(
  logits: Float32Array,
  { temperature = 0, topP = 1, seed = 0 }: Choosing,
  stream: Stream,
  position: number,
): number {
  let best = 0
  for (let v = 1; v < logits.length; v++) if (logits[v] > logits[best]) best = v
  if (temperature === 0) return best
  const weights = Float64Array.from(logits, (z) => Math.exp((z - logits[best]) / temperature))
  const total = weights.reduce((a, b) => a + b, 0)
  const order = Int32Array.from(weights, (_, v) => v).sort(
    (a, b) => weights[b] - weights[a] || a - b,
  )
  let kept = 0
  let count = 0
  while (count < order.length && (count === 0 || kept < topP * total))
    kept += weights[order[count++]]
  let rest = uniform(seed, stream, position) * kept
  for (let i = 0; i < count; i++) {
    rest -= weights[order[i]]
    if (rest < 0) return order[i]
  }
  return order[count - 1]
}
