import type { TypedArray } from '../engine.ts'
import { withHostArithmetic } from '../host-memory.ts'
import type { DeviceBuffer, Memory, MemoryCore } from '../memory.ts'
import type { Client } from './client.ts'

/** Numbers of a stretch of a region: nothing but a value, an array that has not been asked for yet, or a buffer of the device. */
type Source =
  | { readonly fill: number }
  | { readonly array: Float32Array | Int32Array }
  | { readonly buffer: Held }

/** A buffer of the device, which several stretches may share: it never changes. */
interface Held {
  readonly handle: bigint
  uses: number
}

interface Stretch {
  readonly start: number
  readonly end: number
  readonly source: Source
}

/**
 * What a `DeviceBuffer` of this engine stands for: stretches of numbers, one after another.
 *
 * A device's buffers neither change nor have parts. A part is therefore a stretch with a buffer of its own, made when a
 * program first asks for it, and what a program writes takes the place of the stretches it covers.
 */
class Region {
  readonly dtype: 'f32' | 'i32'
  readonly stretches: Stretch[]

  constructor(dtype: 'f32' | 'i32', length: number, source: Source) {
    this.dtype = dtype
    this.stretches = length > 0 ? [{ start: 0, end: length, source }] : []
  }
}

/** A part of a region, which is what a handle names. */
export interface Place {
  readonly region: Region
  readonly start: number
  readonly end: number
}

/** An argument of a run. */
export interface Argument {
  readonly handle: bigint
  /** Whether nothing else stands on it, so that the run may write its results there. */
  mayBeOverwritten(): boolean
  /** To be called after the run. */
  release(): void
}

/** All that the engine keeps on a device. */
export class Regions {
  readonly memory: Memory
  readonly #client: Client
  readonly #places = new WeakMap<object, Place & { readonly isWhole: boolean }>()
  readonly #freed = new WeakSet<Region>()
  readonly #live = new Set<Held>()
  /** Handles that nobody holds any more give back what they stood for. */
  readonly #collected = new FinalizationRegistry<Stretch[]>((stretches) => this.#drop(stretches))

  constructor(client: Client) {
    this.#client = client
    const core: MemoryCore = {
      make: (length, dtype = 'f32') => this.#add(new Region(dtype, length, { fill: 0 })),
      hold: (numbers) => this.#add(new Region('f32', numbers.length, { array: numbers })),
      part: (buffer, start, end) => {
        const { region, start: from } = this.placeOf(buffer)
        return this.#handle({ region, start: from + start, end: from + end }, false)
      },
      read: async (buffer) => (await this.#read(this.placeOf(buffer))) as Float32Array,
      readIndices: async (buffer) => (await this.#read(this.placeOf(buffer))) as Int32Array,
      write: async (buffer, numbers) => {
        if (numbers.length !== buffer.length)
          throw new RangeError(`expected ${buffer.length} numbers, got ${numbers.length}`)
        await this.#replace(this.placeOf(buffer), { array: numbers.slice() })
      },
      free: (buffer) => {
        const { region, isWhole } = this.placeOf(buffer)
        if (!isWhole) throw new Error('internal: a part of a buffer was given back')
        this.#freed.add(region)
        this.#drop(region.stretches)
      },
    }
    const arithmetic = withHostArithmetic(core)
    this.memory = {
      ...arithmetic,
      fill: (target, value) => this.#replace(this.placeOf(target), { fill: value }),
      copy: async (source, target, blocks) => {
        if (blocks) return arithmetic.copy(source, target, blocks)
        const buffer = await this.#bufferOf(this.placeOf(source))
        await this.#replace(this.placeOf(target), { buffer })
      },
    }
  }

  /** @throws TypeError for what is no buffer of this engine */
  placeOf(buffer: DeviceBuffer | TypedArray): Place & { readonly isWhole: boolean } {
    const place = this.#places.get(buffer)
    if (!place) throw new TypeError('expected an array or a buffer of this engine')
    if (this.#freed.has(place.region))
      throw new Error('internal: use of a buffer that was given back')
    return place
  }

  /** The device's buffer of exactly this part, for a run: it is there until it is given back. */
  async borrow(place: Place): Promise<Argument> {
    const held = await this.#bufferOf(place)
    held.uses++
    return {
      handle: held.handle,
      // A stretch and this loan.
      mayBeOverwritten: () => held.uses === 2,
      release: () => this.#release(held),
    }
  }

  /** Puts a buffer that a program made in the place of a part. */
  async put(place: Place, handle: bigint): Promise<void> {
    if (place.start < place.end) await this.#replace(place, { buffer: this.#held(handle) })
    else this.#client.destroy(handle)
  }

  /** Gives everything back. */
  dispose(): void {
    for (const { handle } of this.#live) this.#client.destroy(handle)
    this.#live.clear()
  }

  async #bufferOf(place: Place): Promise<Held> {
    const { region, start, end } = place
    const found = covering(region, place)
    const [first] = found
    if (
      found.length === 1 &&
      first.start === start &&
      first.end === end &&
      'buffer' in first.source
    )
      return first.source.buffer
    const numbers =
      found.length === 1 && 'array' in first.source
        ? first.source.array.subarray(start - first.start, end - first.start)
        : await this.#read(place)
    const buffer = this.#held(this.#client.upload(numbers, region.dtype))
    if (start < end) await this.#replace(place, { buffer })
    return buffer
  }

  #held(handle: bigint): Held {
    const held = { handle, uses: 0 }
    this.#live.add(held)
    return held
  }

  #add(region: Region): DeviceBuffer {
    const end = region.stretches.at(-1)?.end ?? 0
    this.#collected.register(region, region.stretches)
    return this.#handle({ region, start: 0, end }, true)
  }

  #handle(place: Place, isWhole: boolean): DeviceBuffer {
    const handle = Object.freeze({ length: place.end - place.start })
    this.#places.set(handle, { ...place, isWhole })
    return handle as unknown as DeviceBuffer
  }

  async #read(place: Place): Promise<Float32Array | Int32Array> {
    const { region, start, end } = place
    const array =
      region.dtype === 'i32' ? new Int32Array(end - start) : new Float32Array(end - start)
    for (const stretch of covering(region, place)) {
      const from = Math.max(start, stretch.start)
      const to = Math.min(end, stretch.end)
      const target = array.subarray(from - start, to - start)
      const { source } = stretch
      if ('fill' in source) target.fill(source.fill)
      else {
        const numbers = await this.#numbersOf(source, stretch, region.dtype)
        target.set(numbers.subarray(from - stretch.start, to - stretch.start))
      }
    }
    return array
  }

  async #numbersOf(
    source: Exclude<Source, { fill: number }>,
    { start, end }: Stretch,
    dtype: 'f32' | 'i32',
  ): Promise<Float32Array | Int32Array> {
    if ('array' in source) return source.array
    const numbers = dtype === 'i32' ? new Int32Array(end - start) : new Float32Array(end - start)
    await this.#client.download(source.buffer.handle, numbers)
    return numbers
  }

  /** What is left of the stretches at the ends of a part stays; the part itself becomes one. */
  async #replace(place: Place, source: Source): Promise<void> {
    const { region, start, end } = place
    if (start === end) return
    const before = covering(region, place)
    const [first, last] = [before[0], before[before.length - 1]]
    const rest = async (stretch: Stretch, from: number, to: number): Promise<Stretch[]> => {
      if (from >= to) return []
      if ('fill' in stretch.source) return [{ start: from, end: to, source: stretch.source }]
      const numbers = await this.#numbersOf(stretch.source, stretch, region.dtype)
      const array = numbers.subarray(from - stretch.start, to - stretch.start)
      return [{ start: from, end: to, source: { array } }]
    }
    const after = [
      ...(await rest(first, first.start, start)),
      { start, end, source },
      ...(await rest(last, end, last.end)),
    ]
    if ('buffer' in source) source.buffer.uses++
    region.stretches.splice(region.stretches.indexOf(first), before.length, ...after)
    this.#drop(before)
  }

  /** Ends the use of stretches. */
  #drop(stretches: Stretch[]): void {
    for (const { source } of stretches.splice(0))
      if ('buffer' in source) this.#release(source.buffer)
  }

  #release(held: Held): void {
    held.uses--
    if (held.uses === 0 && this.#live.delete(held)) this.#client.destroy(held.handle)
  }
}

/** The stretches that a part touches, in order. */
function covering({ stretches }: Region, { start, end }: Place): Stretch[] {
  return stretches.filter((stretch) => stretch.start < end && stretch.end > start)
}
