import type { Problem } from '../error.ts'

/** The most layers that a config may ask for: some ten times those of the deepest model, each a part of the graph. */
export const mostLayers = 1024
/** The most of anything else: widths, heads, tokens, positions. The product of two is still a whole number. */
const mostOfAny = 2 ** 24

/** Reads a config.json's values with their types checked, collecting every problem. */
export class ConfigReader {
  readonly problems: Problem[] = []
  readonly #config: Readonly<Record<string, unknown>>
  readonly #file: string

  constructor(config: Readonly<Record<string, unknown>>, file: string) {
    this.#config = config
    this.#file = file
  }

  has(key: string): boolean {
    return this.#config[key] !== undefined && this.#config[key] !== null
  }

  integer(key: string, fallback?: number, most = mostOfAny): number {
    const value = this.has(key) ? this.#config[key] : fallback
    const isCount = Number.isInteger(value) && (value as number) > 0
    if (isCount && (value as number) <= most) return value as number
    this.reject(key, isCount ? `at most ${most}` : 'a positive integer', value)
    return 1
  }

  number(key: string, fallback: number): number {
    const value = this.has(key) ? this.#config[key] : fallback
    if (typeof value === 'number' && Number.isFinite(value)) return value
    this.reject(key, 'a number', value)
    return fallback
  }

  /** null where the file says null, which is not the same as nothing. */
  unlessNull<Value>(key: string, read: (key: string) => Value): Value | null {
    return this.#config[key] === null ? null : read(key)
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.has(key) ? this.#config[key] : fallback
    if (typeof value === 'boolean') return value
    this.reject(key, 'true or false', value)
    return fallback
  }

  /** The option must be absent or one of the given values. */
  oneOf(key: string, supported: readonly unknown[]): void {
    if (this.has(key) && !supported.includes(this.#config[key]))
      this.reject(
        key,
        supported.map((value) => JSON.stringify(value)).join(' or '),
        this.#config[key],
      )
  }

  /** One of the given words. */
  choice<Word extends string>(key: string, supported: readonly Word[], fallback: Word): Word {
    this.oneOf(key, supported)
    return this.has(key) ? (this.#config[key] as Word) : fallback
  }

  /** The option must be absent or an array of nothing but the given value. */
  everyOf(key: string, supported: string): void {
    const value = this.#config[key]
    if (this.has(key) && !(Array.isArray(value) && value.every((item) => item === supported)))
      this.reject(key, `nothing but ${JSON.stringify(supported)}`, value)
  }

  /** Absent, or an array of at least so many items that fit, of which the first so many are meant. */
  list<Item>(
    key: string,
    length: number,
    fits: (item: unknown) => item is Item,
    expected: string,
  ): Item[] | null {
    if (!this.has(key)) return null
    const value = this.#config[key]
    if (Array.isArray(value) && value.length >= length && value.every(fits))
      return value.slice(0, length)
    this.reject(key, `${length} times ${expected}`, value)
    return null
  }

  object(key: string): Record<string, unknown> | null {
    if (!this.has(key)) return null
    const value = this.#config[key]
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
    this.reject(key, 'an object', value)
    return null
  }

  reject(key: string, expected: string, got: unknown, hint?: string): void {
    this.problems.push({
      code: 'unsupported-config',
      path: `${this.#file} ${key}`,
      expected,
      got: got === undefined ? 'nothing' : JSON.stringify(got).slice(0, 200),
      ...(hint ? { hint } : {}),
    })
  }
}
