// What to do: run, measure, compare, ask.
export { compare } from './api/compare.ts'
export { type EvaluateSettings, evaluate } from './api/evaluate.ts'
export { type AnswerSettings, type LoadedModel, loadModel } from './api/load-model.ts'
export { type FinishedRun, type RunSettings, run } from './api/run.ts'
// What to add: parts, methods, metrics, benchmarks, and the registry that holds them.
export { defineBenchmark } from './benchmark/define-benchmark.ts'
export type { CompareOptions, Comparison } from './compare/comparison.ts'
export { defineEdit, type EditRule } from './edit/edit-rule.ts'
export type { Engine, Program, Tensor } from './engine/engine.ts'
// What computes.
export { createEngine } from './engine/node-engine.ts'
export { referenceEngine } from './engine/reference.ts'
export { formatProblem, type Problem, UserError } from './error.ts'
export type { Benchmark } from './measure/benchmark.ts'
export {
  defineKind as defineMetric,
  defineMean as defineMeanMetric,
  type MetricKind as Metric,
  type Scores,
} from './measure/kind/kind.ts'
export type { SampleRecord } from './measure/record.ts'
export { anyPart, only } from './method/choice.ts'
export { defineMethod, type Method, type MethodDeclaration } from './method/method.ts'
export { type ResolvedMethod, resolveMethod } from './method/resolve.ts'
export { type Combiner, defineCombiner } from './parts/combine/combiner.ts'
export { defineEstimator, type GradientEstimator } from './parts/estimate/estimator.ts'
export { defineLoss, type Loss, type LossContext } from './parts/loss/loss.ts'
export { defineMergeRule, type MergeRule } from './parts/merge/merge-rule.ts'
export { defineOptimizer, type Optimizer } from './parts/optim/optimizer.ts'
export {
  defineExampleSelector,
  defineTokenSelector,
  type ExampleSelector,
  type TokenSelector,
} from './parts/select/selector.ts'
export { readRecipe } from './recipe/read.ts'
export type { Recipe } from './recipe/recipe-schema.ts'
export {
  builtIn,
  createRegistry,
  type Definitions,
  extendRegistry,
  type Registry,
} from './recipe/registry.ts'
export type { RunEvent } from './run/events.ts'
export type { Plan } from './run/plan/estimate-run.ts'
export { planRun } from './run/plan/run-plan.ts'
