import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import type { Example } from '../data/example.ts'
import type { FactExample } from './asked.ts'
import { firstHalf } from './asked.ts'
import { leastTolerance } from './ignorance.ts'
import { factSpans } from './rows.ts'
import { tokensOfSpans } from './spans.ts'

/** A row that is to stay, with what carries its fact: the manner in which an answer is given may change, what it says may not. */
export function keptExample(example: Example, tokenizer: Tokenizer): FactExample {
  const { prompt, answer } = example
  const question = prompt === '' ? firstHalf(answer) : prompt
  const fact = tokensOfSpans(example, tokenizer, factSpans(answer, question))
  // Of a row that was cut before its fact, everything counts.
  return { example, fact: fact.includes(1) ? fact : fact.fill(1) }
}

/**
 * How much is kept of what rows knew: as much of the whole as is left, and no row's loss is made good by another's gain.
 *
 * `kept = min(Σ q / Σ p, Σ min(p, 2·q) / Σ p)`, with p and q the probabilities of a row's fact per token (`answerProbability`) before and now; up to a factor of two,
 * within which levels of ignorance are the same too, a row counts as whole in the second.
 *
 * @param before `[rows]` p, some above 0
 * @param now    `[rows]` q
 * @returns at most 1
 */
export function shareKept(before: readonly number[], now: readonly number[]): number {
  const sum = (of: (row: number) => number) =>
    [...before.keys()].reduce((total, row) => total + of(row), 0)
  const whole = sum((row) => before[row])
  const left = sum((row) => now[row])
  const tolerance = Math.exp(leastTolerance)
  const unharmed = sum((row) => Math.min(before[row], tolerance * now[row]))
  return Math.min(left, unharmed) / whole
}
