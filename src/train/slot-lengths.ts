import { sizeOf } from '../graph/shape.ts'
import type { UpdateKind } from './update-kinds.ts'

/** Numbers that each slot of an optimiser holds. */
export function slotLengths(kinds: readonly UpdateKind[]): Map<string, number> {
  const lengths = new Map<string, number>()
  for (const { parts, slots } of kinds)
    for (const { shape } of parts)
      for (const name of slots) lengths.set(name, (lengths.get(name) ?? 0) + sizeOf(shape))
  return lengths
}
