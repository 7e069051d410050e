export { type MetricCase, metricConformance } from '../measure/kind/testing/metric-conformance.ts'
export { methodConformance } from '../method/testing/method-conformance.ts'
export { combinerConformance } from '../parts/combine/testing/combiner-conformance.ts'
export { estimatorConformance } from '../parts/estimate/testing/estimator-conformance.ts'
export { lossConformance } from '../parts/loss/testing/conformance.ts'
export { mergeRuleConformance } from '../parts/merge/testing/merge-conformance.ts'
export { optimizerConformance } from '../parts/optim/testing/optimizer-conformance.ts'
export {
  exampleSelectorConformance,
  tokenSelectorConformance,
} from '../parts/select/testing/selector-conformance.ts'
export type { Check } from '../parts/testing/part-checks.ts'
