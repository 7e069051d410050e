import { Tokenizer } from '@huggingface/tokenizers'
import { type Problem, UserError } from '../error.ts'
import type { JsonObject } from './json-text.ts'
import { keepSingleWords } from './single-word.ts'
import type { AddedToken } from './special-tokens.ts'
import { throwProblems } from './throw-problems.ts'

/** Text → id of the model of a tokenizer.json and its added tokens. */
export function readVocabulary(path: string, tokenizerJson: JsonObject): Map<string, number> {
  const { vocab } = (tokenizerJson.model ?? {}) as JsonObject
  const entries = Array.isArray(vocab)
    ? vocab.map((item: unknown[], id) => [item?.[0], id])
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
  try {
    const library = new Tokenizer(
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
    keepSingleWords(library, added)
    return library
  } catch (error) {
    throw new UserError({
      code: 'unsupported-tokenizer',
      path,
      expected: 'a tokenizer.json made of parts that @huggingface/tokenizers knows',
      got: (error as Error).message,
    })
  }
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

/** The pre-tokenizer without splits at texts that are never there: that of Gemma splits at spaces, which are ▁ by then. */
function splitting(part: unknown, removed: readonly string[]): unknown {
  if (part === null || typeof part !== 'object') return part
  const { type, pattern, pretokenizers } = part as JsonObject
  if (type === 'Sequence' && Array.isArray(pretokenizers)) {
    const left = pretokenizers.map((inner) => splitting(inner, removed)).filter((inner) => inner)
    return left.length === 0 ? null : { ...part, pretokenizers: left }
  }
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
