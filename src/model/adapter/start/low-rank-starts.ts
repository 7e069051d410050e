import { fila } from './fila.ts'
import type { LowRankStart } from './low-rank-start.ts'
import { zero } from './zero.ts'

const all = [zero, fila]

/** Every beginning of low-rank adapters by its id. */
export const lowRankStarts: ReadonlyMap<string, LowRankStart> = new Map(
  all.map((start) => [start.id, start]),
)
