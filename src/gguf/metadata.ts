import { UserError } from '../error.ts'

/** What a GGUF file says of its model, by key. */
export type Metadata = Readonly<Record<string, unknown>>

/** Reads metadata of one file; a missing or wrong value is an error that names the key. */
export interface MetadataReader {
  number(key: string): number
  numberOr<Other>(key: string, other: Other): number | Other
  text(key: string): string
  texts(key: string): readonly string[]
  has(key: string): boolean
}

export function metadataReader(path: string, metadata: Metadata): MetadataReader {
  const wrong = (key: string, expected: string) =>
    new UserError({
      code: 'invalid-gguf',
      path: `${path}: ${key}`,
      expected,
      got: metadata[key] === undefined ? 'nothing' : String(metadata[key]).slice(0, 60),
    })
  const number = (key: string) => {
    const value = metadata[key]
    if (typeof value !== 'number' && typeof value !== 'bigint') throw wrong(key, 'a number')
    return shortest(Number(value))
  }
  return {
    number,
    numberOr: (key, other) => (metadata[key] === undefined ? other : number(key)),
    text(key) {
      const value = metadata[key]
      if (typeof value !== 'string') throw wrong(key, 'a text')
      return value
    },
    texts(key) {
      const value = metadata[key]
      if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
        throw wrong(key, 'a list of texts')
      return value
    },
    has: (key) => metadata[key] !== undefined,
  }
}

/** 1e-5 for the float32 next to it, which is what the file holds of the number that somebody wrote. */
function shortest(value: number): number {
  if (Number.isInteger(value) || Math.fround(value) !== value) return value
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}
