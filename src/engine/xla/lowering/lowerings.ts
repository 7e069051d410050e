import type { Node } from '../../../graph/index.ts'
import { activation } from './activation.ts'
import { attention } from './attention.ts'
import { elementwise } from './elementwise.ts'
import { gather } from './gather.ts'
import type { Lowering } from './lowering.ts'
import { matmul } from './matmul.ts'
import { norm } from './norm.ts'
import { shape } from './reshape.ts'
import { softmax } from './softmax.ts'
import { source } from './source.ts'

/** How each op is written in StableHLO, by the op's name. */
export const lowerings: Readonly<Record<string, Lowering>> = {
  ...source,
  ...elementwise,
  ...activation,
  ...shape,
  ...gather,
  matmul,
  ...norm,
  ...softmax,
  ...attention,
}

/** The lowering of a node's op. */
export function loweringOf({ op }: Node): Lowering {
  const lowering = lowerings[op.name]
  if (!lowering) throw new Error(`internal: ${op.name} has no StableHLO lowering`)
  return lowering
}
