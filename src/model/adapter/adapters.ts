import type { AdapterFamily } from './adapter.ts'
import { lora } from './lora.ts'

const all = [lora]

/** Every family of adapters by its id. */
export const adapters: ReadonlyMap<string, AdapterFamily> = new Map(
  all.map((family): [string, AdapterFamily] => [family.id, family]),
)
