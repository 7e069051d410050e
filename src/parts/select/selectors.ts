import { adaptiveValueAtRisk } from './adaptive-value-at-risk.ts'
import { criticalNgrams } from './critical-ngrams.ts'
import { criticalTokens } from './critical-tokens.ts'
import { gradientSubspace } from './gradient-subspace.ts'
import { guard } from './guard.ts'
import type { ExampleSelector, TokenSelector } from './selector.ts'
import { valueAtRisk } from './value-at-risk.ts'
import { worstCase } from './worst-case.ts'

/** Every selector of tokens by its id. */
export const tokenSelectors: ReadonlyMap<string, TokenSelector> = new Map(
  [criticalNgrams, criticalTokens, valueAtRisk, adaptiveValueAtRisk].map(
    (each): [string, TokenSelector] => [each.id, each],
  ),
)

/** Every selector of examples by its id. */
export const exampleSelectors: ReadonlyMap<string, ExampleSelector> = new Map(
  [guard, gradientSubspace, worstCase].map((each): [string, ExampleSelector] => [each.id, each]),
)
