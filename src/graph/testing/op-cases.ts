import { attentionCases } from './attention-cases.ts'
import { elementwiseCases } from './elementwise-cases.ts'
import { largeCases } from './large-cases.ts'
import { linearCases } from './linear-cases.ts'
import { modelCases } from './model-cases.ts'
import type { OpCase } from './op-case.ts'
import { shapeCases } from './shape-cases.ts'

/**
 * Uses of every op, for the gradient tests and for the engines' conformance suite. An op exported from the graph
 * without a case here fails `op-cases.test.ts`.
 */
export const opCases: readonly OpCase[] = [
  ...shapeCases,
  ...elementwiseCases,
  ...linearCases,
  ...attentionCases,
  ...modelCases,
  ...largeCases,
]
