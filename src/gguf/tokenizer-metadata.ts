import { memoryFolder } from '../checkpoint/bytes.ts'
import { configChatTemplate } from '../checkpoint/chat-template.ts'
import { decodeText, type JsonObject, parseJsonObject } from '../checkpoint/json-text.ts'
import { addedTokens, specialTokens } from '../checkpoint/special-tokens.ts'
import { openTokenizer, type Tokenizer } from '../checkpoint/tokenizer.ts'
import { readVocabulary } from '../checkpoint/tokenizer-json.ts'
import { UserError } from '../error.ts'
import { checkTexts } from './check-texts.ts'
import { metadataReader } from './metadata.ts'
import { preTokenizerName } from './pre-tokenizers.ts'
import { tokenType } from './token-type.ts'
import { tokenizerFilesOf } from './tokenizer-files.ts'
import {
  flag,
  float32s,
  int32s,
  type TypedMetadata,
  type TypedValue,
  text,
  texts,
  uint32,
} from './typed-values.ts'

/** A tokenizer to be written: its files, and what the model's folder says besides. */
export interface WrittenTokenizer {
  readonly folder: string
  readonly tokenizer: Tokenizer
  readonly config: JsonObject
  readonly generation: JsonObject | null
  /** rows of the embedding; a row without a token gets a name of its own */
  readonly rows: number
}

/**
 * The `tokenizer.` part of a file: tokens, merges or scores, special tokens, chat template.
 *
 * Differs from llama.cpp's converter where a SentencePiece vocabulary has no tokenizer.model: there every token gets the same
 * score, and the merges are lost; here scores fall in the order of the merges. A normalizer that composes characters (NFC) is left
 * out, as there: llama.cpp takes texts as they are.
 *
 * @throws UserError for a tokenizer that llama.cpp has no word for, or of which not the same would come back
 * Source: llama.cpp, conversion/base.py (`_set_vocab_gpt2`, `_set_vocab_llama_hf`); gguf, vocab.py (`SpecialVocab`)
 */
export async function tokenizerMetadata(written: WrittenTokenizer): Promise<TypedMetadata> {
  const { folder, tokenizer, config, generation, rows } = written
  const path = `${folder}/tokenizer.json`
  const json = readJson(written, 'tokenizer.json')
  const settings = readJson(written, 'tokenizer_config.json')
  const vocabulary = readVocabulary(path, json)
  const textOf = new Map([...vocabulary].map(([token, id]) => [id, token]))
  const special = specialTokens(
    settings,
    readJson(written, 'special_tokens_map.json'),
    [config, generation ?? {}],
    (id) => textOf.get(id),
  )
  const added = new Map(
    addedTokens(json, settings, special, vocabulary).map((token) => [token.id, token]),
  )
  const tokens = Array.from(
    { length: rows },
    (_, id) => added.get(id)?.content ?? textOf.get(id) ?? null,
  )
  const template = templateOf(written, settings)
  const metadata: TypedMetadata = {
    ...modelMetadata(path, json, tokens, tokenizer),
    'tokenizer.ggml.token_type': int32s(
      tokens.map((token, id) => tokenType(token, added.get(id) ?? null, special.unk_token)),
    ),
    ...specialIds(special, tokens),
    ...startAndEnd(path, tokenizer),
    ...(template !== null && { 'tokenizer.chat_template': text(template) }),
  }
  await requireSame(written, metadata)
  return metadata
}

function modelMetadata(
  path: string,
  json: JsonObject,
  tokens: readonly (string | null)[],
  tokenizer: Tokenizer,
): TypedMetadata {
  const model = json.model as JsonObject
  const merges = ((model.merges ?? []) as (string | [string, string])[]).map((merge) =>
    typeof merge === 'string' ? merge : merge.join(' '),
  )
  const list = texts(tokens.map((token, id) => token ?? `[PAD${id}]`))
  if (model.byte_fallback === true && model.type === 'BPE') {
    const first = tokenizer.encode('a', { addSpecialTokens: false })[0]
    return {
      'tokenizer.ggml.model': text('llama'),
      'tokenizer.ggml.pre': text('default'),
      'tokenizer.ggml.tokens': list,
      'tokenizer.ggml.scores': float32s(mergeScores(tokens, merges)),
      'tokenizer.ggml.add_space_prefix': flag((tokens[first] ?? '').startsWith('▁')),
    }
  }
  const isByteLevel = model.type === 'BPE' && JSON.stringify(json.decoder).includes('"ByteLevel"')
  const pre = isByteLevel
    ? preTokenizerName(json.pre_tokenizer, model.ignore_merges === true)
    : null
  if (pre === null)
    throw new UserError({
      code: 'unsupported-tokenizer',
      path,
      expected: 'byte pairs cut as llama.cpp knows it, or SentencePiece byte pairs',
      got: isByteLevel
        ? `other cuts: ${JSON.stringify(json.pre_tokenizer).slice(0, 120)}`
        : `model ${String(model.type)}`,
      hint: 'A GGUF file would give other tokens than this tokenizer.',
    })
  return {
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text(pre),
    'tokenizer.ggml.tokens': list,
    'tokenizer.ggml.merges': texts(merges),
  }
}

/** A token's score is the lower the later the first merge is that makes it; what no merge makes is last. */
function mergeScores(tokens: readonly (string | null)[], merges: readonly string[]): number[] {
  const rank = new Map<string, number>()
  merges.forEach((merge, i) => {
    const made = merge.replace(' ', '')
    if (!rank.has(made)) rank.set(made, i)
  })
  return tokens.map((token) => -(rank.get(token ?? '') ?? merges.length))
}

const namedIds = {
  bos_token: 'bos_token_id',
  eos_token: 'eos_token_id',
  unk_token: 'unknown_token_id',
  pad_token: 'padding_token_id',
}

function specialIds(
  special: Readonly<Record<string, string>>,
  tokens: readonly (string | null)[],
): TypedMetadata {
  const found: Record<string, TypedValue> = {}
  for (const [name, key] of Object.entries(namedIds)) {
    const id = tokens.indexOf(special[name] ?? null)
    if (special[name] !== undefined && id >= 0) found[`tokenizer.ggml.${key}`] = uint32(id)
  }
  return found
}

/** Whether the start token is put before a text and the end token after it. */
function startAndEnd(path: string, tokenizer: Tokenizer): TypedMetadata {
  const [plain, whole] = [false, true].map((addSpecialTokens) => [
    ...tokenizer.encode('a', { addSpecialTokens }),
  ])
  const { eosToken } = tokenizer
  // What stands before a text is the start token, where nothing says which is.
  const bosToken = tokenizer.bosToken ?? whole[0]
  const starts = whole[0] === bosToken && plain[0] !== bosToken
  const ends = whole.length > 1 && whole.at(-1) === eosToken && plain.at(-1) !== eosToken
  const said = [...(starts ? [bosToken] : []), ...plain, ...(ends ? [eosToken] : [])]
  if (said.join() === whole.join())
    return {
      ...(starts && { 'tokenizer.ggml.bos_token_id': uint32(bosToken) }),
      'tokenizer.ggml.add_bos_token': flag(starts),
      'tokenizer.ggml.add_eos_token': flag(ends),
    }
  throw new UserError({
    code: 'unsupported-tokenizer',
    path,
    expected: 'nothing around a text but the start and the end token',
    got: `post_processor: ${whole.join(' ')} for ${plain.join(' ')}`,
  })
}

function templateOf({ folder, tokenizer }: WrittenTokenizer, settings: JsonObject): string | null {
  const jinja = tokenizer.files.get('chat_template.jinja')
  if (jinja) return decodeText(`${folder}/chat_template.jinja`, jinja)
  const template = configChatTemplate(settings, [...tokenizer.files.keys()])
  return typeof template === 'string' ? template : null
}

function readJson({ folder, tokenizer }: WrittenTokenizer, file: string): JsonObject {
  const bytes = tokenizer.files.get(file)
  return bytes ? parseJsonObject(`${folder}/${file}`, bytes).value : {}
}

/** Reads the tokenizer back as `lethe import` does. */
async function requireSame(
  { folder, tokenizer }: WrittenTokenizer,
  metadata: TypedMetadata,
): Promise<void> {
  const plain = Object.fromEntries(Object.entries(metadata).map(([key, { value }]) => [key, value]))
  const files = tokenizerFilesOf(folder, plain, metadataReader(folder, plain))
  const back = await openTokenizer(memoryFolder(folder, files))
  for (const sample of checkTexts) {
    const [own, other] = [tokenizer, back].map((each) => each.encode(sample).join(' '))
    if (own !== other)
      throw new UserError({
        code: 'unsupported-tokenizer',
        path: `${folder}/tokenizer.json`,
        expected: `tokens of ${JSON.stringify(sample.slice(0, 40))} from the GGUF file: ${own.slice(0, 60)} …`,
        got: `${other.slice(0, 60)} …`,
        hint: 'llama.cpp has no word for something in this tokenizer.',
      })
  }
}
