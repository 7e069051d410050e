import type { SourceRecord } from '../../data/parse-records.ts'
import { nearest, type Problem } from '../../error.ts'

/** Fields of a row; what is not as expected becomes a problem with its place. */
export class RowFields {
  readonly #record: SourceRecord
  readonly #problems: Problem[]
  constructor(record: SourceRecord, problems: Problem[]) {
    this.#record = record
    this.#problems = problems
  }
  get position() {
    const { file, line, column } = this.#record
    return { file, line, column }
  }
  text(field: string): string {
    const value = this.#record.value[field]
    if (typeof value === 'string') return value
    return this.#wrong(field, 'a text', '')
  }
  /** A list of texts, or one text as a list. */
  list(field: string): readonly string[] {
    const value = this.#record.value[field]
    const list = Array.isArray(value) ? value : [value]
    if (list.length > 0 && list.every((one) => typeof one === 'string')) return list
    return this.#wrong(field, 'a text or a list of texts', [''])
  }
  number(field: string): number {
    const value = this.#record.value[field]
    if (typeof value === 'number') return value
    return this.#wrong(field, 'a number', 0)
  }
  #wrong<Fallback>(field: string, what: string, fallback: Fallback): Fallback {
    const { value } = this.#record
    const keys = Object.keys(value)
    const near = field in value ? undefined : nearest(field, keys)
    this.#problems.push({
      code: field in value ? 'wrong-type' : 'missing-column',
      path: field,
      position: this.position,
      expected: what,
      got: field in value ? typeof value[field] : `only ${keys.join(', ')}`,
      ...(near && { hint: `Did you mean "${near}"?` }),
    })
    return fallback
  }
}
