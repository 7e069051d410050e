import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { problemsOf } from '../files/testing/problems-of.ts'
import { memoryFolder } from './bytes.ts'
import { nodeFolder } from './node-folder.ts'
import { openTokenizer, type Tokenizer } from './tokenizer.ts'

const goldenPath = new URL('../../test/golden/tokenizer/', import.meta.url).pathname

interface Golden {
  vocabSize: number
  bosToken: number
  eosToken: number
  padToken: number
  tokenTexts: string[]
  encodings: {
    text: string
    tokens: number[]
    withSpecialTokens: number[]
    decoded: string
    decodedSkippingSpecial: string
  }[]
  cutDecodings: { tokens: number[]; decoded: string }[]
  chats: {
    messages: { role: string; content: string }[]
    addGenerationPrompt: boolean
    text: string
    tokens: number[]
  }[]
}

describe('the tokenizer of transformers', async () => {
  const golden: Golden = JSON.parse(readFileSync(`${goldenPath}golden.json`, 'utf8'))
  const tokenizer = await openTokenizer(await nodeFolder(goldenPath))

  it('has the same special tokens and size', () => {
    const { vocabSize, bosToken, eosToken, padToken } = tokenizer
    expect({ vocabSize, bosToken, eosToken, padToken }).toEqual({
      vocabSize: golden.vocabSize,
      bosToken: golden.bosToken,
      eosToken: golden.eosToken,
      padToken: golden.padToken,
    })
  })

  it.each(golden.encodings)('encodes and decodes $text', (given) => {
    const plain = tokenizer.encode(given.text, { addSpecialTokens: false })
    expect([...plain]).toEqual(given.tokens)
    expect([...tokenizer.encode(given.text)]).toEqual(given.withSpecialTokens)
    expect(tokenizer.decode(given.withSpecialTokens)).toBe(given.decoded)
    expect(tokenizer.decode(given.withSpecialTokens, { skipSpecialTokens: true })).toBe(
      given.decodedSkippingSpecial,
    )
  })

  it.each(golden.cutDecodings)('decodes the cut $tokens', ({ tokens, decoded }) => {
    expect(tokenizer.decode(Int32Array.from(tokens))).toBe(decoded)
  })

  it.each(golden.chats)('renders $messages, prompt $addGenerationPrompt', (chat) => {
    const text = tokenizer.applyChatTemplate(chat.messages, chat)
    expect(text).toBe(chat.text)
    expect([...tokenizer.encode(text, { addSpecialTokens: false })]).toEqual(chat.tokens)
  })

  it('shows each token as people read it', () => {
    golden.tokenTexts.forEach((spelling, token) => {
      const shown = tokenizer.tokenText(token)
      const decoded = tokenizer.decode([token])
      if (decoded.includes('\ufffd')) expect(shown).toMatch(/^(<0x[0-9A-F]{2}>)+$/)
      else expect([spelling, shown]).toEqual([spelling, decoded])
    })
    expect(tokenizer.tokenText(golden.vocabSize)).toBe('')
  })
})

const bytes = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** Words split at spaces; `<s>` before, as a post-processor puts it. */
const words = {
  added_tokens: [
    { id: 0, content: '<s>', special: true, normalized: false },
    { id: 1, content: '</s>', special: true, normalized: false },
  ],
  normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] } },
  },
  decoder: null,
  model: {
    type: 'BPE',
    vocab: { '<s>': 0, '</s>': 1, a: 2, b: 3, ab: 4, '<end>': 5 },
    merges: ['a b'],
  },
}

const folder = (files: Record<string, unknown>) =>
  memoryFolder('t', new Map(Object.entries(files).map(([name, value]) => [name, bytes(value)])))
const open = (files: Record<string, unknown>, now?: Date): Promise<Tokenizer> =>
  openTokenizer(folder({ 'tokenizer.json': words, ...files }), now && { now })
const problems = (files: Record<string, unknown>) => problemsOf(() => open(files))
const chat = (tokenizer: Tokenizer, addGenerationPrompt = true) =>
  tokenizer.applyChatTemplate([{ role: 'user', content: 'ab' }], { addGenerationPrompt })

describe('special tokens', () => {
  const ids = ({ bosToken, eosToken, padToken }: Tokenizer) => [bosToken, eosToken, padToken]
  const named = { bos_token: '<s>', eos_token: { content: '</s>' } }

  it('come from tokenizer_config.json, as text or object; padding falls back to the end token', async () => {
    expect(ids(await open({ 'tokenizer_config.json': named }))).toEqual([0, 1, 1])
    const padded = { ...named, pad_token: '<s>' }
    expect(ids(await open({ 'tokenizer_config.json': padded }))).toEqual([0, 1, 0])
  })

  it('come from special_tokens_map.json before it, unless it lists its added tokens', async () => {
    const map = { eos_token: '<end>' }
    expect(
      ids(await open({ 'tokenizer_config.json': named, 'special_tokens_map.json': map })),
    ).toEqual([0, 5, 5])
    const listing = { ...named, added_tokens_decoder: {} }
    expect(
      ids(await open({ 'tokenizer_config.json': listing, 'special_tokens_map.json': map })),
    ).toEqual([0, 1, 1])
  })

  it('come from the ids of config.json where they are not named', async () => {
    expect(ids(await open({}))).toEqual([null, null, 0])
    const config = { bos_token_id: 0, eos_token_id: [1, 5], pad_token_id: null, vocab_size: 6 }
    expect(ids(await open({ 'config.json': config }))).toEqual([0, 1, 1])
    expect(ids(await open({ 'generation_config.json': { eos_token_id: 5 } }))).toEqual([null, 5, 5])
  })

  it('are found whole in text even if only the vocabulary has them', async () => {
    const without = await open({})
    expect([...without.encode('ab<end>', { addSpecialTokens: false })]).toEqual([4])
    const tokenizer = await open({ 'tokenizer_config.json': { eos_token: '<end>' } })
    expect([...tokenizer.encode('ab<end>')]).toEqual([0, 4, 5])
    expect(tokenizer.decode([4, 5, 4], { skipSpecialTokens: true })).toBe('ab ab')
  })

  it('may stand in tokenizer_config.json alone', async () => {
    const listed = {
      added_tokens_decoder: { 6: { content: '<pad>', special: true } },
      pad_token: '<pad>',
    }
    const tokenizer = await open({ 'tokenizer_config.json': listed })
    expect([tokenizer.padToken, tokenizer.vocabSize]).toEqual([6, 7])
    expect([...tokenizer.encode('a<pad>')]).toEqual([0, 2, 6])
  })

  it('must be in the vocabulary', async () => {
    const config = { bos_token: '<S>', eos_token: '<|endoftext|>' }
    expect(await problems({ 'tokenizer_config.json': config })).toMatchObject([
      {
        code: 'missing-special-token',
        path: 't/tokenizer.json',
        expected: 'bos_token = "<S>" in the vocabulary',
        got: '6 tokens without it',
        hint: 'Did you mean "<s>"?',
      },
      { expected: 'eos_token = "<|endoftext|>" in the vocabulary' },
    ])
  })

  it('must have a row in the model; a padding token without one gives way to the end token', async () => {
    const config = { vocab_size: 5 }
    const names = { eos_token: '<end>' }
    expect(await problems({ 'config.json': config, 'tokenizer_config.json': names })).toMatchObject(
      [{ code: 'special-token-range', got: '5' }],
    )
    const padded = { eos_token: '</s>', pad_token: '<end>' }
    const tokenizer = await open({ 'config.json': config, 'tokenizer_config.json': padded })
    expect(tokenizer.padToken).toBe(1)
  })
})

describe('chat templates', () => {
  const template =
    "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}] {{ m.content }}{{ eos_token }}\n{% endfor %}" +
    '{% if add_generation_prompt %}[assistant]{% endif %}{{ unk_token }}'
  const config = { bos_token: '<s>', eos_token: '</s>' }

  it('are a string or the default of a list in tokenizer_config.json', async () => {
    for (const chat_template of [
      template,
      [
        { name: 'tool_use', template: 'x' },
        { name: 'default', template },
      ],
    ]) {
      const tokenizer = await open({ 'tokenizer_config.json': { ...config, chat_template } })
      expect(tokenizer.hasChatTemplate).toBe(true)
      expect(chat(tokenizer)).toBe('<s>[user] ab</s>\n[assistant]')
      expect(chat(tokenizer, false)).toBe('<s>[user] ab</s>\n')
    }
  })

  it('are chat_template.jinja before that', async () => {
    const tokenizer = await open({
      'tokenizer_config.json': { ...config, chat_template: template },
      'chat_template.jinja': '{{ messages[0].content }}',
    })
    expect(chat(tokenizer)).toBe('ab')
    expect([...tokenizer.files.keys()]).toEqual([
      'tokenizer.json',
      'tokenizer_config.json',
      'chat_template.jinja',
    ])
  })

  it('may ask for the date, which is that of opening', async () => {
    const dated =
      "{{ strftime_now('%d %b %Y, %A %B %m %y %H:%M:%S %I %p %a 100%% %Q') }} {% for i in range(1, 6, 2) %}{{ i }}{% endfor %}"
    const tokenizer = await open({ 'chat_template.jinja': dated }, new Date(2024, 6, 6, 15, 4, 9))
    expect(chat(tokenizer)).toBe('06 Jul 2024, Saturday July 07 24 15:04:09 03 PM Sat 100% %Q 135')
  })

  it('may use generation marks, none, tools and documents', async () => {
    const marked =
      '{%- generation -%} a {% endgeneration %}{% if tools is none and documents is none and not nothing is defined %}!{% endif %}'
    expect(chat(await open({ 'chat_template.jinja': marked }))).toBe('a !')
  })

  it('may refuse messages, and may be broken', async () => {
    const refusing = await open({
      'chat_template.jinja': "{{ raise_exception('no system role') }}",
    })
    expect(await problemsOf(() => chat(refusing))).toMatchObject([
      { code: 'chat-template-refused', path: 't/chat_template.jinja', got: 'no system role' },
    ])
    const broken = await open({ 'chat_template.jinja': '{% for %}' })
    expect(await problemsOf(() => chat(broken))).toMatchObject([{ code: 'invalid-chat-template' }])
  })

  it('are missed with a reason', async () => {
    const tokenizer = await open({})
    expect(tokenizer.hasChatTemplate).toBe(false)
    expect(await problemsOf(() => chat(tokenizer))).toMatchObject([
      { code: 'missing-chat-template' },
    ])
  })
})

describe('bad tokenizers', () => {
  it('without tokenizer.json', async () => {
    const source = memoryFolder('t', new Map([['tokenizer.model', '']]))
    expect(await problemsOf(() => openTokenizer(source))).toMatchObject([
      {
        code: 'missing-file',
        path: 't/tokenizer.json',
        hint: expect.stringContaining('AutoTokenizer'),
      },
    ])
  })

  it('with corrupt files', async () => {
    expect(await problems({ 'tokenizer.json': '{' })).toMatchObject([{ code: 'invalid-json' }])
    for (const vocab of [undefined, {}, { a: 'x' }, { a: -1 }])
      expect(
        await problems({ 'tokenizer.json': { ...words, model: { ...words.model, vocab } } }),
      ).toMatchObject([{ code: 'invalid-tokenizer' }])
  })

  it('with parts that the library does not know or would misread', async () => {
    const split = (behavior: string, invert = false) => ({
      type: 'Split',
      pattern: { String: ' ' },
      behavior,
      invert,
    })
    for (const pre_tokenizer of [
      { type: 'Jieba' },
      { type: 'Punctuation', behavior: 'Isolated' },
      { type: 'Sequence', pretokenizers: [split('Isolated'), split('MergedWithNext')] },
      split('Isolated', true),
    ])
      expect(await problems({ 'tokenizer.json': { ...words, pre_tokenizer } })).toMatchObject([
        { code: 'unsupported-tokenizer', path: 't/tokenizer.json' },
      ])
  })
})

describe('parts as the Rust library has them', () => {
  const isolated = (pre_tokenizer: unknown) => ({
    ...words,
    pre_tokenizer,
    post_processor: null,
    model: { ...words.model, vocab: { a: 0, 1: 1, '½': 2, Ⅳ: 3, '1½': 4 }, merges: ['1 ½'] },
    added_tokens: [],
  })

  test.each([
    [true, [1, 2, 0, 3]],
    [false, [4, 0, 3]],
  ])('Digits knows ½ and Ⅳ, each alone: %s', async (individual_digits, ids) => {
    const json = isolated({ type: 'Digits', individual_digits })
    expect([...(await open({ 'tokenizer.json': json })).encode('1½aⅣ')]).toEqual(ids)
  })

  it('decodes a byte order mark of byte tokens', async () => {
    const model = { ...words.model, vocab: { '<0xEF>': 0, '<0xBB>': 1, '<0xBF>': 2, a: 3 } }
    const decoder = { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Fuse' }] }
    const json = { ...words, model: { ...model, merges: [] }, decoder, added_tokens: [] }
    const tokenizer = await open({ 'tokenizer.json': { ...json, post_processor: null } })
    expect(tokenizer.decode([0, 1, 2, 3])).toBe('\ufeffa')
  })

  it('follows tokenizer.json where the class named beside it would build another', async () => {
    const config = { tokenizer_class: 'LlamaTokenizer' }
    const tokenizer = await open({ 'tokenizer_config.json': config })
    expect([...tokenizer.encode('ab a')]).toEqual([0, 4, 2])
  })
})

describe('patterns that some text would keep busy for ever are refused', () => {
  const pattern = { Regex: '(a+)+$' }
  const split = { type: 'Split', pattern, behavior: 'Isolated', invert: false }
  const replace = { type: 'Replace', pattern, content: '' }
  test.each([
    ['pre_tokenizer', { pre_tokenizer: { type: 'Sequence', pretokenizers: [split] } }],
    ['normalizer', { normalizer: replace }],
    ['decoder', { decoder: { type: 'Sequence', decoders: [replace] } }],
  ])('%s', async (name, parts) => {
    expect(await problems({ 'tokenizer.json': { ...words, ...parts } })).toMatchObject([
      { code: 'endless-pattern', path: `t/tokenizer.json: ${name}` },
    ])
  })
})

describe('encode and decode', () => {
  it('drop what cannot be spelled, and ids without a token', async () => {
    const tokenizer = await open({})
    expect([...tokenizer.encode('a z b')]).toEqual([0, 2, 3])
    expect(tokenizer.decode([2, 99, 3])).toBe('a b')
    expect(tokenizer.decode([])).toBe('')
    expect(tokenizer.decode([99])).toBe('')
  })
})
