import type { JsonObject } from '../checkpoint/json-text.ts'
import { UserError } from '../error.ts'
import type { Metadata, MetadataReader } from './metadata.ts'
import { type PreTokenizer, preTokenizer } from './pre-tokenizers.ts'
import { scoreMerges } from './score-merges.ts'
import { tokenTypes } from './token-type.ts'

/**
 * tokenizer.json and tokenizer_config.json of the vocabulary in a GGUF file, its chat template included.
 *
 * @throws UserError for a vocabulary that is neither of byte pairs (`gpt2`) nor SentencePiece's (`llama`, `gemma4`)
 */
export function tokenizerFilesOf(
  path: string,
  values: Metadata,
  metadata: MetadataReader,
): Map<string, Uint8Array> {
  const model = metadata.text('tokenizer.ggml.model')
  const types = (values['tokenizer.ggml.token_type'] ?? []) as readonly number[]
  // Rows of the model without a token have a name all the same.
  const tokens = metadata
    .texts('tokenizer.ggml.tokens')
    .map((token, id) => (types[id] === tokenTypes.unused ? null : token))
  const special = (name: string) => {
    const id = metadata.numberOr(`tokenizer.ggml.${name}_token_id`, null)
    return id === null ? null : (tokens[id] ?? null)
  }
  const bos = special('bos')
  const added = tokens.flatMap((content, id) =>
    content !== null && (types[id] === tokenTypes.control || types[id] === tokenTypes.userDefined)
      ? [
          {
            ...{ id, content, single_word: false, lstrip: false, rstrip: false },
            ...{ normalized: false, special: types[id] === tokenTypes.control },
          },
        ]
      : [],
  )
  const pre = model === 'gpt2' ? preTokenizer(path, metadata.text('tokenizer.ggml.pre')) : null
  if (!pre && model !== 'llama' && model !== 'gemma4') throw unsupportedModel(path, model)
  const flag = values['tokenizer.ggml.add_bos_token']
  const start = (flag === undefined ? (pre?.starts ?? true) : flag === true) ? bos : null
  const json = {
    ...{ version: '1.0', truncation: null, padding: null, added_tokens: added },
    ...(pre
      ? bytePairs(pre, metadata, tokens)
      : sentencePiece(values, metadata, tokens, special('unknown'))),
    post_processor: start === null ? null : startsWith(start, tokens.indexOf(start)),
  }
  const template = values['tokenizer.chat_template']
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: bos,
    eos_token: special('eos'),
    unk_token: special('unknown'),
    pad_token: special('padding'),
    clean_up_tokenization_spaces: false,
    ...(typeof template === 'string' && { chat_template: template }),
  }
  const bytes = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
  return new Map([
    ['tokenizer.json', bytes(json)],
    ['tokenizer_config.json', bytes(config)],
  ])
}

function bytePairs(
  { part, wholeWords }: PreTokenizer,
  metadata: MetadataReader,
  tokens: readonly (string | null)[],
): JsonObject {
  return {
    normalizer: null,
    pre_tokenizer: part,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...{ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null },
      ...{
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: wholeWords,
      },
      vocab: vocabulary(tokens),
      merges: mergesOf(metadata),
    },
  }
}

function mergesOf(metadata: MetadataReader): [string, string][] {
  return metadata.texts('tokenizer.ggml.merges').map((merge) => {
    const at = merge.indexOf(' ', 1)
    return [merge.slice(0, at), merge.slice(at + 1)]
  })
}

/** Lines and what is between them: no merge of Gemma 4's joins the two. */
const lines = {
  ...{ type: 'Split', pattern: { Regex: '[^\\n]+|\\n+' } },
  ...{ behavior: 'Isolated', invert: false },
}

/** Byte pairs of texts whose spaces are ▁: merges by score (`llama`), or as they are listed (`gemma4`). */
function sentencePiece(
  values: Metadata,
  metadata: MetadataReader,
  tokens: readonly (string | null)[],
  unknown: string | null,
): JsonObject {
  const scores = values['tokenizer.ggml.scores'] as readonly number[]
  const isListed = metadata.has('tokenizer.ggml.merges')
  const prefix = values['tokenizer.ggml.add_space_prefix'] !== false
  const space = { type: 'Replace', pattern: { String: ' ' }, content: '▁' }
  return {
    normalizer: prefix
      ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, space] }
      : space,
    pre_tokenizer: isListed ? lines : null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      ...{ type: 'BPE', dropout: null, unk_token: unknown, continuing_subword_prefix: null },
      ...{ end_of_word_suffix: null, fuse_unk: true, byte_fallback: true, ignore_merges: false },
      vocab: vocabulary(tokens),
      merges: isListed ? mergesOf(metadata) : scoreMerges(tokens, scores),
    },
  }
}

/** Text → id; of two tokens with one text the first. */
function vocabulary(tokens: readonly (string | null)[]): Record<string, number> {
  const vocab = new Map<string, number>()
  for (const [id, token] of tokens.entries())
    if (token !== null && !vocab.has(token)) vocab.set(token, id)
  return Object.fromEntries(vocab)
}

function startsWith(token: string, id: number): JsonObject {
  const start = { SpecialToken: { id: token, type_id: 0 } }
  const text = (name: 'A' | 'B', type: number) => ({ Sequence: { id: name, type_id: type } })
  return {
    type: 'TemplateProcessing',
    single: [start, text('A', 0)],
    pair: [start, text('A', 0), start, text('B', 1)],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  }
}

function unsupportedModel(path: string, model: string): UserError {
  return new UserError({
    code: 'unsupported-gguf',
    path: `${path}: tokenizer.ggml.model`,
    expected: 'gpt2 (byte pairs), llama or gemma4 (SentencePiece)',
    got: model,
    hint: 'Take the model from its Hugging Face folder.',
  })
}
