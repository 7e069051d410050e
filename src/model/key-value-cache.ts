import type { DeviceBuffer, HeldTensor } from '../engine/engine.ts'
import type { Block, Memory } from '../engine/memory.ts'
import { input, type Node } from '../graph/index.ts'
import type { LanguageModel } from './model.ts'

/** Keys and values of a batch, `[rows, keyValueHeads, slots, headDim]` a layer, which each step writes into the buffers it reads. */
export interface KeyValueCache {
  readonly inputs: Readonly<Record<string, HeldTensor>>
  readonly outputs: Readonly<Record<string, DeviceBuffer>>
}

type Layers = Pick<LanguageModel, 'layers' | 'keyValueHeads' | 'headDim'>

const namesOf = (layer: number) => ({ key: `key ${layer}`, value: `value ${layer}` })

/** The inputs of a graph that reads a cache. */
export function cacheNodes({ layers, keyValueHeads, headDim }: Layers): {
  keys: Node[]
  values: Node[]
} {
  const shape = ['batch', keyValueHeads, 'slots', headDim]
  const names = Array.from({ length: layers }, (_, layer) => namesOf(layer))
  return {
    keys: names.map(({ key }) => input(key, shape)),
    values: names.map(({ value }) => input(value, shape)),
  }
}

/** The outputs of a graph that makes keys and values, by the names of a cache's outputs. */
export function cacheOutputs(states: {
  readonly keys: readonly Node[]
  readonly values: readonly Node[]
}): Record<string, Node> {
  return Object.fromEntries(
    states.keys.flatMap((key, layer) => {
      const names = namesOf(layer)
      return [
        [outputOf(names.key), key],
        [outputOf(names.value), states.values[layer]],
      ]
    }),
  )
}

const outputOf = (name: string) => `new ${name}`

/** Bytes of keys and values of one position. */
export function positionBytes({ layers, keyValueHeads, headDim }: Layers): number {
  return 2 * layers * keyValueHeads * headDim * Float32Array.BYTES_PER_ELEMENT
}

/** Gives caches, and takes them back to give them again: a CPU's memory comes back only when it is collected, which may be late. */
export interface CachePool {
  /** A cache whose content is arbitrary. */
  take(rows: number, slots: number): KeyValueCache
  giveBack(cache: KeyValueCache): void
  dispose(): void
}

export function createCachePool(memory: Memory, model: Layers): CachePool {
  const free: DeviceBuffer[] = []
  const whole = new Map<KeyValueCache, DeviceBuffer>()
  const release = (buffers: Iterable<DeviceBuffer>) => {
    for (const buffer of buffers) memory.free(buffer)
  }
  return {
    take(rows, slots) {
      const shape = [rows, model.keyValueHeads, slots, model.headDim]
      const size = shape.reduce((product, length) => product * length, 1)
      const length = 2 * model.layers * size
      const fitting = free.findIndex((buffer) => buffer.length >= length)
      // What is too small now would be so again: prompts come longest first.
      if (fitting < 0) release(free.splice(0))
      const [buffer] = fitting < 0 ? [memory.make(length)] : free.splice(fitting, 1)
      const inputs: Record<string, HeldTensor> = {}
      const outputs: Record<string, DeviceBuffer> = {}
      let start = 0
      for (let layer = 0; layer < model.layers; layer++)
        for (const name of Object.values(namesOf(layer))) {
          const data = memory.part(buffer, start, start + size)
          start += size
          inputs[name] = { data, shape }
          outputs[outputOf(name)] = data
        }
      const cache = { inputs, outputs }
      whole.set(cache, buffer)
      return cache
    },
    giveBack(cache) {
      const buffer = whole.get(cache)
      if (!buffer) throw new Error('internal: a cache was given back twice')
      whole.delete(cache)
      free.push(buffer)
      free.sort((a, b) => a.length - b.length)
    },
    dispose() {
      release([...free.splice(0), ...whole.values()])
      whole.clear()
    },
  }
}

/** A stretch of positions of one row, to be copied to one of another. */
export interface Stretch {
  readonly from: { readonly row: number; readonly slot: number }
  readonly to: { readonly row: number; readonly slot: number }
  readonly length: number
}

/** Copies stretches of all layers from a cache to one with other rows and slots. */
export async function copyStretches(
  memory: Memory,
  { keyValueHeads, headDim }: Layers,
  stretches: readonly Stretch[],
  from: { readonly cache: KeyValueCache; readonly slots: number },
  to: { readonly cache: KeyValueCache; readonly slots: number },
): Promise<void> {
  const blocks = stretches.flatMap((stretch) =>
    Array.from({ length: keyValueHeads }, (_, head): Block => {
      const at = ({ row, slot }: Stretch['from'], slots: number) =>
        ((row * keyValueHeads + head) * slots + slot) * headDim
      return {
        from: at(stretch.from, from.slots),
        to: at(stretch.to, to.slots),
        length: stretch.length * headDim,
      }
    }),
  )
  for (const [name, source] of Object.entries(from.cache.outputs))
    await memory.copy(source, to.cache.outputs[name], blocks)
}
