import { Tokenizer } from '@huggingface/tokenizers'
import { type Problem, UserError } from '../error.ts'
import { endlessPattern } from './endless-pattern.ts'
import type { JsonObject } from './json-text.ts'
import { keepSingleWords } from './single-word.ts'
import type { AddedToken } from './special-tokens.ts'
import { throwProblems } from './throw-problems.ts'

/** Text → id of the model of a tokenizer.json and its added tokens. */
export function readVocabulary(path: string, tokenizerJson: JsonObject): Map<string, number> {
  const { vocab } = (tokenizerJson.model ?? {}) as JsonObject
  const entries = Array.isArray(vocab)
    ? vocab.map((item, id) => [isScored(item) ? item[0] : null, id])
    : Object.entries((vocab ?? {}) as JsonObject)
  const valid = entries.every(
    ([text, id]) => typeof text === 'string' && Number.isSafeInteger(id) && (id as number) >= 0,
  )
  if (entries.length === 0 || !valid)
    throw new UserError({
      code: 'invalid-tokenizer',
      path,
      expected: 'model.vocab = { text: id, … } or [[text, score], …]',
      got: (JSON.stringify(vocab) ?? 'none').slice(0, 80),
    })
  const added = (tokenizerJson.added_tokens ?? []) as AddedToken[]
  return new Map([
    ...(entries as [string, number][]),
    ...added.map(({ content, id }) => [content, id] as const),
  ])
}

function isScored(item: unknown): item is [string, number] {
  return Array.isArray(item) && typeof item[0] === 'string' && typeof item[1] === 'number'
}

/**
 * The library's tokenizer.
 *
 * @throws UserError for parts that the library does not know, or would read as something else
 */
export function buildTokenizer(
  path: string,
  tokenizerJson: JsonObject,
  tokenizerConfig: JsonObject,
  added: readonly AddedToken[],
): Tokenizer {
  const preTokenizer = splitting(
    tokenizerJson.pre_tokenizer,
    removedTexts(tokenizerJson.normalizer),
  )
  throwProblems(misreadParts(path, preTokenizer))
  const parts = ['decoder', 'post_processor', 'pre_tokenizer', 'normalizer']
  const model = tokenizerJson.model as JsonObject
  let library: Tokenizer
  try {
    library = new Tokenizer(
      {
        ...Object.fromEntries(parts.map((part) => [part, null])),
        ...tokenizerJson,
        pre_tokenizer: preTokenizer,
        added_tokens: added,
      },
      {
        ...tokenizerConfig,
        additional_special_tokens: [],
        clean_up_tokenization_spaces:
          tokenizerConfig.clean_up_tokenization_spaces === true && !('merges' in model),
      },
    )
  } catch (error) {
    throw new UserError({
      code: 'unsupported-tokenizer',
      path,
      expected:
        'a tokenizer.json, with its tokenizer_config.json, made of parts that @huggingface/tokenizers knows',
      // What is of a wrong type makes the library stumble, in words of its code.
      got: error instanceof TypeError ? 'a part of another type' : (error as Error).message,
    })
  }
  requireEnding(path, library)
  keepSingleWords(library, added)
  for (const part of innerParts(library.decoder))
    if (part.text_decoder instanceof TextDecoder)
      part.text_decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return library
}

/** Refuses patterns that some text would keep busy without end, which nothing could stop. */
function requireEnding(path: string, library: Tokenizer): void {
  const problems: Problem[] = []
  for (const name of ['normalizer', 'pre_tokenizer', 'decoder'] as const)
    for (const part of innerParts(library[name]))
      for (const value of Object.values(part)) {
        const fault = value instanceof RegExp ? endlessPattern(value) : null
        if (fault === null) continue
        const source = (value as RegExp).source
        problems.push({
          code: 'endless-pattern',
          path: `${path}: ${name}`,
          expected: 'patterns that end on every text',
          got: `${source.length > 80 ? `${source.slice(0, 80)}…` : source}, which has ${fault}`,
          hint: 'No real tokenizer has such a pattern: some text would keep it busy for ever.',
        })
      }
  throwProblems(problems)
}

/** A part of the library's and the parts that it is made of. */
function innerParts(part: unknown): Record<string, unknown>[] {
  if (part === null || (typeof part !== 'object' && typeof part !== 'function')) return []
  const own = part as Record<string, unknown>
  const inner = [own.tokenizers, own.normalizers, own.decoders].filter(Array.isArray)
  return [own, ...inner.flat().flatMap(innerParts)]
}

/** Texts that no normalised text holds: what a Replace puts something else in the place of, if nothing after it brings it back. */
function removedTexts(normalizer: unknown): string[] {
  const { type, normalizers, pattern, content } = (normalizer ?? {}) as JsonObject
  if (type === 'Sequence' && Array.isArray(normalizers)) return removedTexts(normalizers.at(-1))
  const text = (pattern as JsonObject | undefined)?.String
  const isRemoved =
    type === 'Replace' &&
    typeof text === 'string' &&
    text !== '' &&
    !String(content).includes(text[0])
  return isRemoved ? [text] : []
}

/** What the Rust library's Digits does, which knows ½ and Ⅳ for digits; the JavaScript library's knows 0 to 9. */
const digits = (each: boolean): JsonObject => ({
  ...{ type: 'Split', pattern: { Regex: each ? '\\p{N}' : '\\p{N}+' } },
  ...{ behavior: 'Isolated', invert: false },
})

/**
 * The pre-tokenizer with digits as the Rust library knows them, and without splits at texts that are never there: that of Gemma
 * splits at spaces, which are ▁ by then.
 */
function splitting(part: unknown, removed: readonly string[]): unknown {
  if (part === null || typeof part !== 'object') return part
  const { type, pattern, pretokenizers } = part as JsonObject
  if (type === 'Sequence' && Array.isArray(pretokenizers)) {
    const left = pretokenizers.map((inner) => splitting(inner, removed)).filter((inner) => inner)
    return left.length === 0 ? null : { ...part, pretokenizers: left }
  }
  if (type === 'Digits') return digits((part as JsonObject).individual_digits === true)
  const text = (pattern as JsonObject | undefined)?.String
  return type === 'Split' && typeof text === 'string' && removed.includes(text) ? null : part
}

/** Splits that the library would do in another way than the file says, without a word. */
function misreadParts(path: string, part: unknown): Problem[] {
  if (part === null || typeof part !== 'object') return []
  const { type, behavior, invert, pretokenizers } = part as JsonObject
  if (type === 'Sequence' && Array.isArray(pretokenizers))
    return pretokenizers.flatMap((inner) => misreadParts(path, inner))
  const known =
    type === 'Split'
      ? behavior === 'Removed' || (behavior === 'Isolated' && invert !== true)
      : type !== 'Punctuation' || behavior === 'Contiguous'
  if (known) return []
  return [
    {
      code: 'unsupported-tokenizer',
      path,
      expected:
        type === 'Split'
          ? 'pre_tokenizer Split with behavior Removed or Isolated, and invert only with Removed'
          : 'pre_tokenizer Punctuation with behavior Contiguous',
      got: `behavior ${behavior}, invert ${invert}`,
      hint: 'The tokenizer library would split this text in another way.',
    },
  ]
}
