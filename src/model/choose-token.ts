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
  const weight = (v: number) => Math.exp((logits[v] - logits[best]) / temperature)
  let total = 0
  for (let v = 0; v < logits.length; v++) total += weight(v)
  const likeliest = () => likeliestFirst(logits, logits[best], temperature)
  const taken: number[] = []
  let kept = 0
  if (topP < 1)
    for (const v of likeliest()) {
      taken.push(v)
      kept += weight(v)
      if (kept >= topP * total) break
    }
  let rest = uniform(seed, stream, position) * (topP < 1 ? kept : total)
  let last = best
  for (const v of topP < 1 ? taken : likeliest()) {
    last = v
    rest -= weight(v)
    if (rest < 0) break
  }
  return last
}

/** Bounds of weights, the largest of them 1, between which they are sorted: a draw is hardly ever among the small ones. */
const bounds = [1e-2, 1e-4, 1e-7, Number.MIN_VALUE]

/** Places of logits, the largest first and of equals the first, sorted only as far as they are asked for. */
function* likeliestFirst(
  logits: Float32Array,
  largest: number,
  temperature: number,
): Generator<number> {
  let above = Number.POSITIVE_INFINITY
  for (const bound of bounds) {
    const least = largest + temperature * Math.log(bound)
    const places: number[] = []
    for (let v = 0; v < logits.length; v++)
      if (logits[v] >= least && logits[v] < above) places.push(v)
    yield* places.sort((a, b) => logits[b] - logits[a] || a - b)
    above = least
  }
}
