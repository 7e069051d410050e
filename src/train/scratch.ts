/** Arrays that are used again from step to step, growing when a longer one is needed. */
export class Scratch {
  readonly #floats = new Map<string, Float32Array>()
  readonly #integers = new Map<string, Int32Array>()

  /** An array of exactly `length`, with whatever was left in it. */
  floats(name: string, length: number): Float32Array {
    const held = this.#floats.get(name)
    if (held && held.length >= length)
      return held.length === length ? held : held.subarray(0, length)
    const made = new Float32Array(length)
    this.#floats.set(name, made)
    return made
  }

  integers(name: string, length: number): Int32Array {
    const held = this.#integers.get(name)
    if (held && held.length >= length)
      return held.length === length ? held : held.subarray(0, length)
    const made = new Int32Array(length)
    this.#integers.set(name, made)
    return made
  }
}
