export { blur } from './blur.ts'
export { type Cost, costOf } from './cost.ts'
export { describeMethod, type MethodDescription } from './describe.ts'
export { ga } from './ga.ts'
export { gradDiff } from './grad-diff.ts'
export { type KnobDescription, knobsOf } from './knobs.ts'
export {
  defineMethod,
  type Method,
  type MethodDeclaration,
  type PublishedSettings,
} from './method.ts'
export { methods } from './methods.ts'
export { npo } from './npo.ts'
export { knobHint } from './problems.ts'
export { type Knobs, type ResolvedMethod, resolveMethod } from './resolve.ts'
export { type MethodSettings, methodSchema, methodSchemaFor } from './schema.ts'
export { methodSections } from './sections.ts'
