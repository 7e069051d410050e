import { giveBack, type PjrtApi } from './c-api.ts'
import { waitFor } from './event.ts'
import { bytesAt, Native } from './native.ts'

/** `PJRT_ExecuteOptions`, of 0.104 as it grew since 0.80. */
const optionsSize = 120

/** A compiled program on one device. */
export class Executable {
  readonly #api: PjrtApi
  readonly #handle: bigint
  readonly #inner: bigint
  readonly #outputs: number

  constructor(api: PjrtApi, handle: bigint) {
    this.#api = api
    this.#handle = handle
    this.#inner = api.call('LoadedExecutable_GetExecutable', { loaded: handle }).executable
    this.#outputs = Number(api.call('Executable_NumOutputs', { executable: this.#inner }).count)
  }

  /**
   * Runs on another thread, to the end.
   *
   * @param buffers the arguments, in order
   * @param kept    positions of arguments that the program may write over, and must not this time
   * @returns new buffers, which the caller destroys
   */
  async run(buffers: readonly bigint[], kept: readonly number[] = []): Promise<bigint[]> {
    const list = Native.ofWords(buffers)
    const lists = Native.ofWords([list.address])
    const results = new Native(this.#outputs * 8)
    const resultLists = Native.ofWords([results.address])
    const events = new Native(8)
    const held = Native.ofWords(kept)
    const options = new Native(optionsSize)
    options.setWord(0, optionsSize)
    options.setWord(56, held.address)
    options.setWord(64, kept.length)
    try {
      await this.#api.callAsync('LoadedExecutable_Execute', {
        executable: this.#handle,
        options: options.address,
        arguments: lists.address,
        devices: 1,
        argumentCount: buffers.length,
        outputs: resultLists.address,
        events: events.address,
      })
      const made = Array.from({ length: this.#outputs }, (_, i) => results.word(i * 8))
      try {
        await waitFor(this.#api, events.word(0))
      } catch (error) {
        for (const buffer of made) this.#api.call('Buffer_Destroy', { buffer })
        throw error
      }
      return made
    } finally {
      for (const memory of [list, lists, results, resultLists, events, held, options]) memory.free()
    }
  }

  /** Bytes that `Client.load` takes, with machine code in them. */
  async serialise(): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes, size, owner, deleter } = await this.#api.callAsync('Executable_Serialize', {
      executable: this.#inner,
    })
    const copy = bytesAt(bytes, size)
    giveBack(deleter, owner)
    return copy
  }

  dispose(): void {
    this.#api.call('Executable_Destroy', { executable: this.#inner })
    this.#api.call('LoadedExecutable_Destroy', { executable: this.#handle })
  }
}
