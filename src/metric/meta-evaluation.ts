import { harmonicMean } from './harmonic-mean.ts'
import { rocAuc } from './roc-auc.ts'

/**
 * Faithfulness of a metric: the AUC with which it tells models that know from models that never learnt.
 *
 * @param knowing, ignorant  the metric's value on each model of the two pools; higher should mean knowing
 * Source: OpenUnlearning, arXiv:2506.12618, §4.
 */
export function metricFaithfulness(
  knowing: readonly number[],
  ignorant: readonly number[],
): number {
  return rocAuc(ignorant, knowing)
}

/**
 * Robustness of a metric to relearning: `min(1, (m_ret,after − m_ret,before) / (m_unl,after − m_unl,before))`.
 *
 * 1 when the unlearned model learns no faster than one that never knew.
 * Source: OpenUnlearning, arXiv:2506.12618, §4; after and before as its figures have them, not its prose.
 */
export function relearningRobustness(values: {
  readonly retain: { readonly before: number; readonly after: number }
  readonly unlearned: { readonly before: number; readonly after: number }
}): number {
  const { retain, unlearned } = values
  return Math.min(1, (retain.after - retain.before) / (unlearned.after - unlearned.before))
}

/** Robustness of a metric to quantisation: `min(1, m_before / m_after)` on the unlearned model. Source: as above. */
export function quantisationRobustness(before: number, after: number): number {
  return Math.min(1, before / after)
}

/** `HM(R, Q)` and `HM(faithfulness, HM(R, Q))`. Source: as above. */
export function metricQuality(parts: {
  readonly faithfulness: number
  readonly relearning: number
  readonly quantisation: number
}): { readonly robustness: number; readonly overall: number } {
  const robustness = harmonicMean([parts.relearning, parts.quantisation])
  return { robustness, overall: harmonicMean([parts.faithfulness, robustness]) }
}
