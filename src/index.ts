export {
  type Checkpoint,
  nodeFolder,
  openCheckpoint,
  openTokenizer,
  type Tokenizer,
} from './checkpoint/index.ts'
export { type Combiner, combiners } from './combine/index.ts'
export { type Example, loadExamples } from './data/index.ts'
export type { Engine, Program, Tensor } from './engine/engine.ts'
export { createEngine } from './engine/node.ts'
export { referenceEngine } from './engine/reference.ts'
export { formatProblem, type Problem, UserError } from './error.ts'
export { type Loss, losses } from './loss/index.ts'
export { type Method, methods, resolveMethod } from './method/index.ts'
export { type Metric, metrics } from './metric/index.ts'
export { createGenerator, type Generator } from './model/generate.ts'
export { architectures, buildModel } from './model/index.ts'
export type { Architecture, LanguageModel } from './model/model.ts'
export { type Optimizer, optimizers } from './optim/index.ts'
export { readRecipe } from './recipe/read.ts'
export { reportFromRunFolder } from './report/index.ts'
export { evaluateModel } from './run/evaluate-model.ts'
export { openEventLog, type RunEvent, readEvents } from './run/index.ts'
export { type Plan, planRun } from './run/plan.ts'
export { type PretrainOptions, pretrain } from './run/pretrain.ts'
export { openSession, type Session } from './run/session.ts'
export type { RunOutcome } from './run/training.ts'
export { type UnlearnOptions, unlearn } from './run/unlearn.ts'
