import { takedownWords } from '../benchmark/takedown.ts'
import type { MetricsFile } from '../run/metrics-file.ts'
import { decimal } from './format.ts'

/** The judgement of one metric: whether it went as unlearning wants it. */
export interface Judgement {
  /** forgetting has to move it; everything else has to leave it where it was */
  wanted: 'move' | 'keep'
  good: boolean
  /** `fell by 0.74`, `kept`, `no clear change` */
  words: string
}

/** A share may get worse by this much and still count as kept. */
export const KEPT_WITHIN = 0.05

/**
 * Judges one metric by its paired change: moved if the 95 % interval of the change excludes 0, kept if it got worse by
 * at most {@link KEPT_WITHIN} or not clearly.
 *
 * A metric is to move where its direction on the forget set differs from that on the retain set.
 *
 * @param key  `forget.rougeL`
 * @returns    null where there is no paired change
 */
export function judge(key: string, metrics: MetricsFile): Judgement | null {
  if (!(key in metrics.changes)) return null
  const [set, id] = key.split('.')
  const direction = metrics.directions[key]
  const wanted =
    set === 'forget' && direction !== takedownWords.get(`retain.${id}`)?.better ? 'move' : 'keep'
  const change = metrics.changes[key]
  const [low, high] = metrics.intervals.changes[key]
  if (change === null || low === null || high === null)
    return { wanted, good: false, words: 'not finite' }
  const clear = low > 0 || high < 0
  const better = direction === 'higher' ? change > 0 : change < 0
  const size = Math.abs(change)
  const moved = `${change > 0 ? 'rose' : 'fell'} by ${size < 0.01 ? 'less than 0.01' : decimal(size, 2)}`
  if (wanted === 'move')
    return clear
      ? { wanted, good: better, words: moved }
      : { wanted, good: false, words: 'no clear change' }
  if (clear && !better && Math.abs(change) > KEPT_WITHIN)
    return { wanted, good: false, words: moved }
  return { wanted, good: true, words: clear && better ? moved : 'kept' }
}
