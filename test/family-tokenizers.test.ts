import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { memoryFolder } from '../src/checkpoint/bytes.ts'
import { openTokenizer } from '../src/checkpoint/tokenizer.ts'
import { scoreMerges } from '../src/gguf/score-merges.ts'
import { families, needing } from './helpers/needs.ts'

interface Family {
  file: string
  config: Record<string, unknown>
  /** tokenizer.json without added tokens, vocabulary and merges */
  parts: { model: Record<string, unknown> } & Record<string, unknown>
  /** ids of the vocabulary, or id and text of what it lacks */
  added: ({ tokens: (number | [number, string])[] } & Record<string, unknown>)[]
  vocabulary: 'all' | 'without added'
  digest: string
  tokens: string[]
  marked: string[]
  /** null where the Rust library loses the text */
  decoded: (string | null)[]
  shown: Record<string, number[]>
}

/** Made by reference/make_family_tokenizer_goldens.py. */
const golden: { texts: string[]; families: Record<string, Family> } = JSON.parse(
  readFileSync(new URL('golden/family-tokenizers.json', import.meta.url), 'utf8'),
)

const digest = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

/** A list of texts or floats in a GGUF file; the library that reads them elsewhere drops U+FEFF at the start of a text. */
function listOf(bytes: Buffer, name: string): string[] | number[] | null {
  const key = `tokenizer.ggml.${name}`
  const found = bytes.indexOf(key)
  if (found < 0) return null
  let at = found + key.length
  const isText = bytes.readUInt32LE(at + 4) === 8
  const count = Number(bytes.readBigUInt64LE(at + 8))
  at += 16
  if (!isText) return Array.from({ length: count }, (_, i) => bytes.readFloatLE(at + 4 * i))
  return Array.from({ length: count }, () => {
    const end = at + 8 + Number(bytes.readBigUInt64LE(at))
    const text = bytes.toString('utf8', at + 8, end)
    at = end
    return text
  })
}

/** The files that transformers wrote, whose vocabulary is that of a fetched file. */
function filesOf({ file, config, parts, added, vocabulary, digest: wanted }: Family) {
  const bytes = readFileSync(`${families.folder}/${file}`)
  const tokens = listOf(bytes, 'tokens') as string[]
  const listed = added.flatMap(({ tokens: ids, ...flags }) =>
    ids.map((entry) => {
      const [id, content] = typeof entry === 'number' ? [entry, tokens[entry]] : entry
      return { id, content, ...flags }
    }),
  )
  const left = new Set(vocabulary === 'all' ? [] : listed.map(({ content }) => content))
  const ids = new Map<string, number>()
  for (const [id, text] of tokens.entries())
    if (!ids.has(text) && !left.has(text)) ids.set(text, id)
  const stored = listOf(bytes, 'merges') as string[] | null
  const merges = stored
    ? stored.map((merge) => {
        const at = merge.indexOf(' ', 1)
        return [merge.slice(0, at), merge.slice(at + 1)]
      })
    : scoreMerges(tokens, listOf(bytes, 'scores') as number[])
  expect(digest([[...ids], merges]), 'vocabulary and merges').toBe(wanted)
  const json = {
    ...parts,
    added_tokens: listed.sort((a, b) => a.id - b.id),
    model: { ...parts.model, vocab: Object.fromEntries(ids), merges },
  }
  return new Map([
    ['tokenizer.json', JSON.stringify(json)],
    ['tokenizer_config.json', JSON.stringify(config)],
  ])
}

describe('tokens of real families, as transformers has them', needing(families), () => {
  test.each(Object.entries(golden.families))('%s', { timeout: 120_000 }, async (name, family) => {
    const tokenizer = await openTokenizer(memoryFolder(name, filesOf(family)))
    for (const [text, tokens] of Object.entries(family.shown))
      expect([...tokenizer.encode(text, { addSpecialTokens: false })], text).toEqual(tokens)
    const plain = golden.texts.map((text) => tokenizer.encode(text, { addSpecialTokens: false }))
    const marked = golden.texts.map((text) => tokenizer.encode(text))
    const different = (got: readonly unknown[], wanted: readonly (string | null)[]) =>
      golden.texts.filter((_, i) => wanted[i] !== null && digest(got[i]) !== wanted[i])
    const lists = (tokens: readonly Int32Array[]) => tokens.map((ids) => [...ids])
    expect(different(lists(plain), family.tokens)).toEqual([])
    expect(different(lists(marked), family.marked)).toEqual([])
    const decoded = marked.map((ids) => tokenizer.decode(ids))
    expect(different(decoded, family.decoded)).toEqual([])
    // What the Rust library loses is kept.
    const lost = golden.texts.filter((_, i) => family.decoded[i] === null)
    expect(lost.filter((text) => !decoded.some((made) => made.includes(text)))).toEqual([])
  })
})
