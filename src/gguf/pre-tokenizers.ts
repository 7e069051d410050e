import { Tokenizer } from '@huggingface/tokenizers'
import type { JsonObject } from '../checkpoint/json-text.ts'
import { UserError } from '../error.ts'
import { checkTexts } from './check-texts.ts'

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
const afterNumbers = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'
/** The pattern of cl100k and its heirs, which differ in how many digits go together. */
const cl100k = (digits: string): string =>
  `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}|${afterNumbers}`

const byteLevel = (useRegex: boolean): JsonObject => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
})
const sequence = (...pretokenizers: JsonObject[]): JsonObject => ({
  type: 'Sequence',
  pretokenizers,
})
const split = (pattern: string): JsonObject => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Isolated',
  invert: false,
})
const splits = (...patterns: string[]) => sequence(...patterns.map(split), byteLevel(false))

const gpt2 = byteLevel(true)
// Not the part "Digits": the Rust library's takes ½ for one, the JavaScript library's does not.
const singleDigits = sequence(split('\\p{N}'), byteLevel(true))
const gpt2Words = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)"
const chinese = '[一-龥ࠀ-一가-\ud7ff]+'

/** Letters that are large or small, as deepseek-llm lists them. */
const casedLetters =
  '[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]'

const known: Readonly<Record<string, JsonObject>> = {
  ...fromNames(gpt2, 'gpt-2 phi-2 mpt olmo jais mellum modern-bert exaone4'),
  ...fromNames(singleDigits, 'smollm starcoder refact command-r codeshell exaone minerva-7b'),
  ...fromNames(
    splits(cl100k('\\p{N}{1,3}')),
    'llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral dbrx smaug-bpe chatglm-bpe glm4',
  ),
  ...fromNames(splits(cl100k('\\p{N}')), 'qwen2 deepseek-r1-qwen stablelm2 megrez hunyuan'),
  falcon: splits('[\\p{P}\\$\\+<=>\\^~\\|`]+', gpt2Words, '[0-9][0-9][0-9]'),
  'deepseek-llm': splits(
    '[\r\n]',
    `\\s?${casedLetters}+`,
    '\\s?[!-/:-~！-／：-～‘-‟　-。]+',
    '\\s+$',
    chinese,
    '\\p{N}+',
  ),
  'deepseek-coder': splits('[\r\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', chinese, '\\p{N}'),
  qwen35: splits(
    `${contractions}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  ),
}

const llama3 = 'llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral'.split(' ')

/** What the name of a pre-tokenizer says. */
export interface PreTokenizer {
  /** how text is cut before merging, as tokenizer.json writes it */
  readonly part: JsonObject
  /** a word that is a token as a whole is not taken apart by merges */
  readonly wholeWords: boolean
  /** a start token stands before a text, where the file does not say whether */
  readonly starts: boolean
}

/**
 * What `tokenizer.ggml.pre` stands for.
 *
 * @throws UserError for a name that is not known
 * Source: llama.cpp, src/llama-vocab.cpp (names, and the patterns behind them); the tokenizer.json files of the families
 */
export function preTokenizer(path: string, name: string): PreTokenizer {
  const part = known[name]
  const starts = llama3.includes(name)
  if (part) return { part, wholeWords: starts || name === 'glm4', starts }
  throw new UserError({
    code: 'unsupported-gguf',
    path: `${path}: tokenizer.ggml.pre`,
    expected: Object.keys(known).join(', '),
    got: name,
    hint: 'Take the model from its Hugging Face folder.',
  })
}

/**
 * The name under which llama.cpp cuts texts as a tokenizer.json does: the first whose cuts are the same in texts that tell all
 * of them apart. llama.cpp's converter knows a tokenizer by a hash of the tokens of such a text.
 *
 * @param part       `pre_tokenizer` of tokenizer.json
 * @param wholeWords `ignore_merges` of its model
 * @returns null where there is none
 */
export function preTokenizerName(part: unknown, wholeWords: boolean): string | null {
  const wanted = cuts(part)
  return (
    Object.keys(known).find(
      (name) =>
        preTokenizer('', name).wholeWords === wholeWords &&
        JSON.stringify(cuts(known[name])) === JSON.stringify(wanted),
    ) ?? null
  )
}

function cuts(part: unknown): string[][] {
  const model = { type: 'BPE', vocab: { a: 0 }, merges: [] }
  const parts = { normalizer: null, post_processor: null, decoder: null, added_tokens: [] }
  const { pre_tokenizer } = new Tokenizer({ ...parts, model, pre_tokenizer: part }, {})
  return checkTexts.map((text) => pre_tokenizer?.pre_tokenize(text) ?? [text])
}

function fromNames(part: JsonObject, names: string): Record<string, JsonObject> {
  return Object.fromEntries(names.split(' ').map((name) => [name, part]))
}
