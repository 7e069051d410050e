import { nearest, type Problem } from '../error.ts'
import type { JsonObject } from './json-text.ts'

/** A token that is matched in text before the vocabulary is, as tokenizer.json spells it. */
export interface AddedToken extends JsonObject {
  id: number
  content: string
  special: boolean
}

const named = ['bos', 'eos', 'unk', 'sep', 'pad', 'cls', 'mask'].map((name) => `${name}_token`)

/**
 * Named special tokens, name → text: those of tokenizer_config.json; where it does not list its added tokens, those of
 * special_tokens_map.json go before; then `bos_token_id` and the like of config.json.
 *
 * @param configs  config.json, generation_config.json: the first that has an id wins
 * @param textOf   the text of a token id
 */
export function specialTokens(
  tokenizerConfig: JsonObject,
  map: JsonObject,
  configs: readonly JsonObject[],
  textOf: (id: number) => string | undefined,
): Record<string, string> {
  const given = tokenizerConfig.added_tokens_decoder
    ? tokenizerConfig
    : { ...tokenizerConfig, ...map }
  const found: Record<string, string> = {}
  for (const name of named) {
    const ids = configs.map((config) => [config[`${name}_id`]].flat()[0])
    const id = ids.find((id) => typeof id === 'number')
    const text = content(given[name]) ?? (typeof id === 'number' ? textOf(id) : undefined)
    if (text !== undefined) found[name] = text
  }
  return found
}

/** `"</s>"` or `{ "content": "</s>", … }`. */
function content(value: unknown): string | undefined {
  const text = typeof value === 'object' ? (value as JsonObject | null)?.content : value
  return typeof text === 'string' ? text : undefined
}

/**
 * The added tokens of tokenizer.json, those that only tokenizer_config.json lists, and the special tokens that are
 * in the vocabulary alone: so that they are found in text as a whole, as transformers does.
 */
export function addedTokens(
  tokenizerJson: JsonObject,
  tokenizerConfig: JsonObject,
  special: Readonly<Record<string, string>>,
  vocabulary: ReadonlyMap<string, number>,
): AddedToken[] {
  const tokens = new Map<string, AddedToken>()
  const add = (token: AddedToken): void => {
    if (!tokens.has(token.content)) tokens.set(token.content, token)
  }
  for (const token of (tokenizerJson.added_tokens ?? []) as AddedToken[]) add(token)
  const listed = (tokenizerConfig.added_tokens_decoder ?? {}) as Record<string, AddedToken>
  for (const [id, token] of Object.entries(listed)) add({ ...token, id: Number(id) })
  for (const text of Object.values(special)) {
    const id = vocabulary.get(text)
    if (id !== undefined) add({ id, content: text, special: true, normalized: false })
  }
  const names = new Set(Object.values(special))
  return [...tokens.values()].map((token) =>
    names.has(token.content) ? { ...token, special: true } : token,
  )
}

/** What is wrong with the start, end and padding tokens: not in the vocabulary, or beyond the model's rows. */
export function specialTokenProblems(
  path: string,
  special: Readonly<Record<string, string>>,
  vocabulary: ReadonlyMap<string, number>,
  modelVocabSize: number,
): Problem[] {
  const problems: Problem[] = []
  for (const name of ['bos_token', 'eos_token', 'pad_token']) {
    const text = special[name]
    if (text === undefined) continue
    const id = vocabulary.get(text)
    if (id === undefined) {
      const meant = nearest(
        text,
        [...vocabulary.keys()].filter((key) => key.startsWith(text[0])),
      )
      problems.push({
        code: 'missing-special-token',
        path,
        expected: `${name} = ${JSON.stringify(text)} in the vocabulary`,
        got: `${vocabulary.size} tokens without it`,
        ...(meant !== undefined && { hint: `Did you mean ${JSON.stringify(meant)}?` }),
      })
    } else if (id >= modelVocabSize && name !== 'pad_token') {
      problems.push({
        code: 'special-token-range',
        path,
        expected: `id of ${name} ${JSON.stringify(text)} < vocab_size = ${modelVocabSize} of config.json`,
        got: String(id),
        hint: 'The tokenizer is not that of this model.',
      })
    }
  }
  return problems
}
