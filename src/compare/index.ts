export { type ComparedRun, flatten } from './compared-run.ts'
export {
  type CompareOptions,
  type Comparison,
  type ComparisonRow,
  compareRuns,
  type ReferenceModel,
} from './comparison.ts'
export { differingPaths, groupRuns, type RunGroup, valueText } from './groups.ts'
export { unlikeness } from './likeness.ts'
export { nonDominated, type ParetoPoint } from './pareto.ts'
export { type PairedChange, pairedChange, type Spread, spreadOf } from './statistics.ts'
