import type { DeviceBuffer, Memory } from '../engine/memory.ts'

/** Memory that is used again from step to step, growing when more is needed. */
export class Scratch {
  readonly #memory: Memory
  readonly #buffers = new Map<string, DeviceBuffer>()

  constructor(memory: Memory) {
    this.#memory = memory
  }

  /** A buffer of exactly `length`, with whatever was left in it; good until the next call by that name. */
  buffer(name: string, length: number, dtype: 'f32' | 'i32'): DeviceBuffer {
    const held = this.#buffers.get(name)
    if (held && held.length >= length)
      return held.length === length ? held : this.#memory.part(held, 0, length)
    if (held) this.#memory.free(held)
    const made = this.#memory.make(length, dtype)
    this.#buffers.set(name, made)
    return made
  }

  free(): void {
    for (const buffer of this.#buffers.values()) this.#memory.free(buffer)
    this.#buffers.clear()
  }
}
