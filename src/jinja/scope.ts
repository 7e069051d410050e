import type { Value } from './value.ts'

/** Names of one block, with those of the blocks around it. */
export class Scope {
  readonly #names = new Map<string, Value>()
  readonly #around: Scope | null

  constructor(around: Scope | null = null) {
    this.#around = around
  }

  get(name: string): Value | undefined {
    const own = this.#names.get(name)
    return own === undefined ? this.#around?.get(name) : own
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value)
  }
}
