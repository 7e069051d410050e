import type { BlockType } from './block-type.ts'
import { bf16, f16, f32 } from './floats.ts'
import { q4_0 } from './q4-0.ts'
import { q4_1 } from './q4-1.ts'
import { q4_k } from './q4-k.ts'
import { q5_k } from './q5-k.ts'
import { q6_k } from './q6-k.ts'
import { q8_0 } from './q8-0.ts'

/** Every block type that is read, by its number in the file. */
export const blockTypes: ReadonlyMap<number, BlockType> = new Map(
  [f32, f16, bf16, q8_0, q4_0, q4_1, q4_k, q5_k, q6_k].map((type) => [type.id, type]),
)
