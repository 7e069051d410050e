import { createHash } from 'node:crypto'
import type { Client } from './client.ts'
import type { Executable } from './executable.ts'

/** Where compiled programs are kept from process to process. */
export interface ExecutableStore {
  read(key: string): Promise<Uint8Array | null>
  write(key: string, bytes: Uint8Array): Promise<void>
}

/** A program in use; the last to release it frees it. */
export interface Lease {
  readonly executable: Executable
  release(): Promise<void>
}

interface Entry {
  readonly made: Promise<Executable>
  uses: number
}

/** Compiled programs, each once however many use it. */
export class Executables {
  readonly #client: Client
  readonly #options: Uint8Array
  readonly #identity: string
  readonly #store: ExecutableStore | null
  readonly #entries = new Map<string, Entry>()

  /**
   * @param options  of the compiler, for all programs
   * @param identity of the plugin and the kind of device: machine code of one is of no use to another
   * @param store    none: a process compiles all that it runs
   */
  constructor(
    client: Client,
    options: Uint8Array,
    identity: string,
    store: ExecutableStore | null = null,
  ) {
    this.#client = client
    this.#options = options
    this.#identity = identity
    this.#store = store
  }

  async lease(text: string): Promise<Lease> {
    const key = createHash('sha256')
      .update(this.#identity)
      .update(this.#options)
      .update(text)
      .digest('hex')
    const entry = this.#entries.get(key) ?? { made: this.#make(key, text), uses: 0 }
    this.#entries.set(key, entry)
    entry.uses++
    const release = async () => {
      entry.uses--
      if (entry.uses > 0) return
      this.#entries.delete(key)
      const executable = await entry.made.catch(() => null)
      executable?.dispose()
    }
    try {
      return { executable: await entry.made, release }
    } catch (error) {
      await release()
      throw error
    }
  }

  async #make(key: string, text: string): Promise<Executable> {
    const stored = await this.#store?.read(key)
    if (stored)
      try {
        return await this.#client.load(stored)
      } catch {
        // What cannot be loaded is compiled, and written anew.
      }
    const executable = await this.#client.compile(text, this.#options)
    await this.#store?.write(key, await executable.serialise())
    return executable
  }
}
