import { UserError } from '../error.ts'
import { decodeText, editJson, type JsonObject, parseJsonObject } from './json-text.ts'

/**
 * The files of a tokenizer with one more special token: found in text as a whole, left out where special tokens are.
 *
 * Every other byte of the files stays. Written as `tokenizer.add_special_tokens` and `save_pretrained` of transformers
 * write it: in `added_tokens` of tokenizer.json and, where it is there, in `added_tokens_decoder` of
 * tokenizer_config.json.
 *
 * @param files   of the tokenizer by name, with tokenizer.json
 * @param content its text
 * @param id      of no other token
 * @throws UserError where a token of that text is there already
 */
export function addSpecialToken(
  files: ReadonlyMap<string, Uint8Array>,
  content: string,
  id: number,
): Map<string, Uint8Array> {
  const file = 'tokenizer.json'
  const { text, value } = parseJsonObject(file, files.get(file) as Uint8Array)
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false }
  const listed = (value.added_tokens ?? []) as JsonObject[]
  const vocabulary = (value.model as JsonObject | undefined)?.vocab ?? {}
  if (listed.some((token) => token.content === content) || Object.hasOwn(vocabulary, content))
    throw new UserError({
      code: 'token-exists',
      path: file,
      expected: 'a new token',
      got: `${JSON.stringify(content)}, which is in the vocabulary`,
      hint: 'The model may have been edited before; give the token another name',
    })
  const bytes = (json: string) => new TextEncoder().encode(json)
  const token = { content, ...flags, special: true }
  const added = new Map(files)
  added.set(file, bytes(editJson(text, { added_tokens: [...listed, { id, ...token }] })))
  const config = files.get('tokenizer_config.json')
  if (config) {
    const { value: settings } = parseJsonObject('tokenizer_config.json', config)
    const decoder = settings.added_tokens_decoder as JsonObject | undefined
    if (decoder) {
      const changed = { added_tokens_decoder: { ...decoder, [id]: token } }
      const written = editJson(decodeText('tokenizer_config.json', config), changed)
      added.set('tokenizer_config.json', bytes(written))
    }
  }
  return added
}
