import { UserError } from '../error.ts'
import { type FolderSource, missingFile, readAll } from './bytes.ts'
import { compileChatTemplate, configChatTemplate, type Message } from './chat-template.ts'
import { decodeText, type JsonObject, parseJsonObject } from './json-text.ts'
import { addedTokens, specialTokenProblems, specialTokens } from './special-tokens.ts'
import { throwProblems } from './throw-problems.ts'
import { tokenText } from './token-text.ts'
import { buildTokenizer, readVocabulary } from './tokenizer-json.ts'
import { requireTypes } from './tokenizer-schema.ts'

/** The tokenizer of a model folder. */
export interface Tokenizer {
  /** 1 + the largest token id; the model may have more rows. */
  readonly vocabSize: number
  readonly bosToken: number | null
  readonly eosToken: number | null
  /** The padding token; where there is none, or the model has no row for it, the end token, else the start token, else 0. */
  readonly padToken: number
  /**
   * @param options.addSpecialTokens whether the tokenizer's post-processor puts its tokens around the text (for Llama
   *   the start token before it); yes where not given, as in transformers
   * @throws UserError for a token that the model has no row for
   */
  encode(text: string, options?: { addSpecialTokens?: boolean }): Int32Array
  /**
   * The text of tokens; ids without a token are left out. `skipSpecialTokens` is off where not given.
   *
   * Differs from the Rust library for tokens of single bytes (Llama 2, Mistral): of a run that is cut inside a character
   * the whole characters are kept, where there each byte becomes U+FFFD.
   */
  decode(tokens: ArrayLike<number>, options?: { skipSpecialTokens?: boolean }): string
  /** What one token adds to the text, for people; empty for an id without a token. */
  tokenText(token: number): string
  readonly hasChatTemplate: boolean
  /** @throws UserError without a template, and when it refuses the messages */
  applyChatTemplate(messages: readonly Message[], options: { addGenerationPrompt: boolean }): string
  /** The tokenizer's files by name, to be copied along. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** What belongs to a tokenizer, where it is there. */
export const tokenizerFiles: readonly string[] = [
  ...['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'],
  ...['chat_template.jinja', 'tokenizer.model', 'vocab.json', 'merges.txt'],
]

const convertHint =
  'In Python, `AutoTokenizer.from_pretrained(folder).save_pretrained(folder)` writes it.'

/**
 * Opens tokenizer.json with what tokenizer_config.json, special_tokens_map.json, chat_template.jinja and config.json say.
 *
 * @param options.now the date that chat templates may ask for; the time of opening where not given
 * @throws UserError for a missing or corrupt tokenizer.json, parts that are not supported, special tokens that are not
 *   in the vocabulary
 * Source: transformers 5, tokenization_utils_base.py (`_from_pretrained`), tokenization_utils_tokenizers.py: the
 *   post-processor of tokenizer.json decides what `addSpecialTokens` adds, chat_template.jinja goes before the template
 *   of tokenizer_config.json, and spaces before punctuation are kept on decoding byte-pair tokens.
 */
export async function openTokenizer(
  folder: FolderSource,
  options: { now?: Date } = {},
): Promise<Tokenizer> {
  const present = await folder.list()
  if (!present.includes('tokenizer.json'))
    throw missingFile(folder.name, 'tokenizer.json', present, convertHint)
  const files = new Map<string, Uint8Array>()
  for (const file of tokenizerFiles)
    if (present.includes(file)) files.set(file, await readAll(folder, file))
  const path = (file: string): string => `${folder.name}/${file}`
  const json = (file: string, bytes: Uint8Array | undefined): JsonObject =>
    bytes ? parseJsonObject(path(file), bytes).value : {}
  const modelJson = async (file: string): Promise<JsonObject> =>
    present.includes(file) ? json(file, await readAll(folder, file)) : {}

  const tokenizerJson = json('tokenizer.json', files.get('tokenizer.json'))
  const tokenizerConfig = json('tokenizer_config.json', files.get('tokenizer_config.json'))
  const map = json('special_tokens_map.json', files.get('special_tokens_map.json'))
  requireTypes('tokenizer', path('tokenizer.json'), tokenizerJson)
  requireTypes('config', path('tokenizer_config.json'), tokenizerConfig)
  requireTypes('special', path('special_tokens_map.json'), map)
  const config = await modelJson('config.json')
  const generationConfig = await modelJson('generation_config.json')

  const vocabulary = readVocabulary(path('tokenizer.json'), tokenizerJson)
  const textOf = new Map([...vocabulary].map(([text, id]) => [id, text]))
  const special = specialTokens(tokenizerConfig, map, [config, generationConfig], (id) =>
    textOf.get(id),
  )
  const added = addedTokens(tokenizerJson, tokenizerConfig, special, vocabulary)
  for (const { content, id } of added) {
    vocabulary.set(content, id)
    textOf.set(id, content)
  }
  const modelVocabSize = typeof config.vocab_size === 'number' ? config.vocab_size : Infinity
  throwProblems(specialTokenProblems(path('tokenizer.json'), special, vocabulary, modelVocabSize))
  const library = buildTokenizer(
    path('tokenizer.json'),
    tokenizerJson,
    { ...tokenizerConfig, ...special },
    added,
  )
  const jinja = files.get('chat_template.jinja')
  const template = jinja
    ? { name: path('chat_template.jinja'), text: decodeText(path('chat_template.jinja'), jinja) }
    : { name: path('tokenizer_config.json'), text: configChatTemplate(tokenizerConfig, present) }
  const now = options.now ?? new Date()
  let render: ReturnType<typeof compileChatTemplate> | undefined
  const idOf = (name: string): number | null => vocabulary.get(special[name] ?? '') ?? null
  const [bosToken, eosToken] = [idOf('bos_token'), idOf('eos_token')]
  const pad = idOf('pad_token')
  const addedIds = new Set(added.map(({ id }) => id))
  const byteLevel = JSON.stringify(tokenizerJson.decoder ?? null).includes('"ByteLevel"')

  return {
    vocabSize: 1 + [...textOf.keys()].reduce((a, b) => Math.max(a, b), -1),
    bosToken,
    eosToken,
    padToken: pad !== null && pad < modelVocabSize ? pad : (eosToken ?? bosToken ?? 0),
    encode: (text, { addSpecialTokens = true } = {}) => {
      const ids: (number | undefined)[] = library.encode(text, {
        add_special_tokens: addSpecialTokens,
      }).ids
      for (const id of ids)
        if (id !== undefined && id >= modelVocabSize)
          throw new UserError({
            code: 'token-without-row',
            path: path('tokenizer.json'),
            expected: `ids of tokens < vocab_size = ${modelVocabSize} of config.json`,
            got: `${JSON.stringify(textOf.get(id))} with id ${id}`,
            hint: 'A token was added and the embedding not resized; in Python, `model.resize_token_embeddings(len(tokenizer))`.',
          })
      // Without an unknown token the Rust library drops what the vocabulary cannot spell.
      return Int32Array.from(ids.filter((id) => id !== undefined))
    },
    decode: (tokens, { skipSpecialTokens = false } = {}) => {
      const known = Array.from(tokens).filter((token) => textOf.has(token))
      return known.length === 0
        ? ''
        : library.decode(known, { skip_special_tokens: skipSpecialTokens })
    },
    tokenText: (token) => {
      const text = textOf.get(token) ?? ''
      return addedIds.has(token) ? text : tokenText(text, byteLevel)
    },
    hasChatTemplate: template.text !== null,
    applyChatTemplate: (messages, { addGenerationPrompt }) => {
      if (template.text === null)
        throw new UserError({
          code: 'missing-chat-template',
          path: folder.name,
          expected: 'a chat template, in chat_template.jinja or tokenizer_config.json',
          got: 'none',
          hint: 'Give plain prompts for this model, or add the template it was trained with.',
        })
      if (typeof template.text !== 'string')
        throw new UserError({
          code: 'no-default-template',
          path: template.name,
          expected: 'a chat template named "default"',
          got: `only ${template.text.names.map((name) => JSON.stringify(name)).join(', ')}`,
          hint: 'Say "template: plain" to go without, or name the one to be used "default".',
        })
      render ??= compileChatTemplate(template.name, template.text, special, now)
      return render(messages, addGenerationPrompt)
    },
    files,
  }
}
