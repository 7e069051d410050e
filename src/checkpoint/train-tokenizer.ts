import { UserError } from '../error.ts'

/** Which special tokens there are and what they are for; they get the first ids, in this order. */
export interface SpecialTokens {
  bos?: string
  eos?: string
  pad?: string
  other?: readonly string[]
}

/** `tokenizer.json` as Hugging Face libraries read it. */
export interface TokenizerJson {
  version: string
  truncation: null
  padding: null
  added_tokens: readonly {
    id: number
    content: string
    single_word: boolean
    lstrip: boolean
    rstrip: boolean
    normalized: boolean
    special: boolean
  }[]
  normalizer: null
  pre_tokenizer: Record<string, unknown>
  post_processor: null
  decoder: Record<string, unknown>
  model: {
    type: 'BPE'
    dropout: null
    unk_token: null
    continuing_subword_prefix: null
    end_of_word_suffix: null
    fuse_unk: boolean
    byte_fallback: boolean
    ignore_merges: boolean
    vocab: Record<string, number>
    /** `'left right'`: the form that every version reads; byte-level tokens hold no spaces. */
    merges: readonly string[]
  }
}

// GPT-2's word pattern, the one that ByteLevel applies with `use_regex`.
const WORD = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu

/** A pair of ids as one number that orders like the pair; ids stay far below 2²⁶. */
const PAIR = 2 ** 26

/**
 * Trains a byte-level BPE tokenizer and returns the contents of `tokenizer.json` and `tokenizer_config.json`.
 *
 * Repeatedly merges the most frequent adjacent pair, `argmax_(a,b) Σ_words count · #(a,b)`; ties go to the smaller ids.
 *
 * @param options.texts          training texts; special tokens in them are plain text
 * @param options.vocabSize      tokens wanted, special tokens and 256 bytes included; fewer when the texts hold no more pairs
 * @param options.specialTokens  matched before words are split; encoding adds none by itself (no post-processor)
 * @param options.chatTemplate   Jinja source, kept in `tokenizer_config.json`
 * @returns plain objects, ready for `JSON.stringify`; the same input gives the same bytes
 * @throws UserError when `vocabSize` cannot hold special tokens and bytes, or a special token is repeated or a single letter
 *
 * Differs from Hugging Face `BpeTrainer` (min_frequency 0, ByteLevel alphabet): a pair that becomes frequent again
 * after its merge keeps its first rank; `\s` is JavaScript's, as in @huggingface/tokenizers.
 * Source: Sennrich et al. 2016, arXiv:1508.07909; byte alphabet and word pattern of GPT-2.
 */
export function trainTokenizer(options: {
  texts: Iterable<string>
  vocabSize: number
  specialTokens?: SpecialTokens
  chatTemplate?: string
}): { tokenizer: TokenizerJson; tokenizerConfig: Record<string, unknown> } {
  const { bos, eos, pad, other = [] } = options.specialTokens ?? {}
  const special = [bos, eos, pad, ...other].filter((token) => token !== undefined)
  check(special, options.vocabSize)

  const { letters, order } = byteAlphabet()
  const tokens = [...special, ...order.map((byte) => letters[byte])]
  const idOfByte = new Int32Array(256)
  order.forEach((byte, index) => {
    idOfByte[byte] = special.length + index
  })

  const encoder = new TextEncoder()
  const words: number[][] = []
  const counts: number[] = []
  for (const [word, count] of countWords(options.texts)) {
    words.push(Array.from(encoder.encode(word), (byte) => idOfByte[byte]))
    counts.push(count)
  }
  const merges = learnMerges(words, counts, tokens, options.vocabSize)

  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: special.map((content, id) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: null,
      pre_tokenizer: {
        type: 'ByteLevel',
        add_prefix_space: false,
        trim_offsets: true,
        use_regex: true,
      },
      post_processor: null,
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges,
      },
    },
    tokenizerConfig: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
      ...(bos !== undefined && { bos_token: bos }),
      ...(eos !== undefined && { eos_token: eos }),
      ...(pad !== undefined && { pad_token: pad }),
      ...(other.length > 0 && { additional_special_tokens: [...other] }),
      ...(options.chatTemplate !== undefined && { chat_template: options.chatTemplate }),
    },
  }
}

function check(special: readonly string[], vocabSize: number): void {
  const smallest = special.length + 256
  if (!Number.isInteger(vocabSize) || vocabSize < smallest || vocabSize > PAIR)
    throw new UserError({
      code: 'vocab-size',
      path: 'vocabSize',
      expected: `special tokens + bytes = ${special.length} + 256 = ${smallest} or more, at most 2^26`,
      got: String(vocabSize),
    })
  const wrong = special.find((token, i) => token.length < 2 || special.indexOf(token) < i)
  if (wrong !== undefined)
    throw new UserError({
      code: 'special-token',
      path: 'specialTokens',
      expected: 'distinct tokens of two letters or more',
      got: JSON.stringify(special),
    })
}

/** GPT-2's letter for each byte, and the bytes in the order of their letters. */
function byteAlphabet(): { letters: string[]; order: number[] } {
  let next = 256
  const letters = Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
    return String.fromCharCode(printable ? byte : next++)
  })
  const order = letters.map((_, byte) => byte)
  order.sort((a, b) => letters[a].charCodeAt(0) - letters[b].charCodeAt(0))
  return { letters, order }
}

function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts)
    for (const [word] of text.matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** Appends merged tokens to `tokens` and rewrites `words`; returns the merges in order. */
function learnMerges(
  words: number[][],
  counts: readonly number[],
  tokens: string[],
  vocabSize: number,
): string[] {
  const idOf = new Map(tokens.map((token, id) => [token, id]))
  const pairCounts = new Map<number, number>()
  const wordsWith = new Map<number, number[]>()
  const queue = pairQueue()
  const merged = new Set<number>()
  const merges: string[] = []

  const count = (index: number, sign: 1 | -1, touched: Set<number>) => {
    const word = words[index]
    for (let i = 1; i < word.length; i++) {
      const pair = word[i - 1] * PAIR + word[i]
      pairCounts.set(pair, (pairCounts.get(pair) ?? 0) + sign * counts[index])
      if (sign < 0) continue
      touched.add(pair)
      const places = wordsWith.get(pair)
      if (!places) wordsWith.set(pair, [index])
      else if (places[places.length - 1] !== index) places.push(index)
    }
  }

  const initial = new Set<number>()
  for (let index = 0; index < words.length; index++) count(index, 1, initial)
  for (const pair of initial) queue.push(pair, pairCounts.get(pair)!)

  while (idOf.size < vocabSize) {
    const top = queue.pop()
    if (!top) break
    const current = pairCounts.get(top.pair) ?? 0
    // Counts that fell since the entry was made are noticed only here.
    if (current !== top.count) {
      if (current > 0) queue.push(top.pair, current)
      continue
    }
    const left = Math.floor(top.pair / PAIR)
    const right = top.pair % PAIR
    const token = tokens[left] + tokens[right]
    const id = idOf.get(token) ?? tokens.push(token) - 1
    idOf.set(token, id)
    if (!merged.has(top.pair)) merges.push(`${tokens[left]} ${tokens[right]}`)
    merged.add(top.pair)

    const touched = new Set<number>()
    const places = new Set(wordsWith.get(top.pair))
    wordsWith.delete(top.pair)
    for (const index of places) {
      const word = words[index]
      const shorter = mergePair(word, left, right, id)
      if (shorter.length === word.length) continue
      count(index, -1, touched)
      words[index] = shorter
      count(index, 1, touched)
    }
    for (const pair of touched)
      if (Math.floor(pair / PAIR) === id || pair % PAIR === id)
        queue.push(pair, pairCounts.get(pair)!)
  }
  return merges
}

function mergePair(word: readonly number[], left: number, right: number, id: number): number[] {
  const result: number[] = []
  for (let i = 0; i < word.length; i++)
    if (word[i] === left && word[i + 1] === right) {
      result.push(id)
      i++
    } else result.push(word[i])
  return result
}

/** A binary heap: highest count first, then the smaller pair. */
function pairQueue(): {
  push(pair: number, count: number): void
  pop(): { pair: number; count: number } | undefined
} {
  const heap: { pair: number; count: number }[] = []
  const before = (i: number, j: number) =>
    heap[i].count > heap[j].count ||
    (heap[i].count === heap[j].count && heap[i].pair < heap[j].pair)
  const swap = (i: number, j: number) => {
    const held = heap[i]
    heap[i] = heap[j]
    heap[j] = held
  }
  return {
    push(pair, count) {
      let i = heap.push({ pair, count }) - 1
      while (i > 0) {
        const parent = (i - 1) >> 1
        if (!before(i, parent)) break
        swap(i, parent)
        i = parent
      }
    },
    pop() {
      if (heap.length === 0) return undefined
      swap(0, heap.length - 1)
      const top = heap.pop()
      for (let i = 0; ; ) {
        let first = 2 * i + 1
        if (first >= heap.length) break
        if (first + 1 < heap.length && before(first + 1, first)) first++
        if (!before(first, i)) break
        swap(i, first)
        i = first
      }
      return top
    },
  }
}
