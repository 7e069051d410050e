import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { openTokenizer, type Tokenizer } from '../checkpoint/tokenizer.ts'
import { formatProblem, UserError } from '../error.ts'
import { type EncodeOptions, encodeItems } from './encode.ts'
import type { Example } from './example.ts'
import { toItems } from './items.ts'
import { parseRecords } from './parse-records.ts'
import { promptTokens } from './prompt.ts'
import { chatMl, fakeTokenizer } from './testing/fake-tokenizer.ts'

const qa = { question: 'Who wrote it?', answer: 'Ada Blue' }

function encode(
  rows: unknown[],
  tokenizer: Tokenizer,
  options: Partial<EncodeOptions> = {},
): ReturnType<typeof encodeItems> {
  const text = rows.map((row) => JSON.stringify(row)).join('\n')
  const { records } = parseRecords(new TextEncoder().encode(text), 'a.jsonl')
  return encodeItems(toItems(records).items, tokenizer, { maxLength: 100, ...options })
}

/** Tokens joined by |, the trained ones in brackets. */
function show({ tokens, trained }: Example, tokenizer: Tokenizer): string {
  return [...tokens]
    .map((token, t) =>
      trained[t] ? `[${tokenizer.tokenText(token)}]` : tokenizer.tokenText(token),
    )
    .join('|')
}

function shown(row: unknown, tokenizer: Tokenizer, options: Partial<EncodeOptions> = {}): string {
  return show(encode([row], tokenizer, options).examples[0], tokenizer)
}

function complaints(run: () => unknown): string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof UserError) return error.problems.map(formatProblem)
    throw error
  }
  return []
}

test('plain template: the answer and the end token are trained', () => {
  const tokenizer = fakeTokenizer({ start: true })
  expect(shown(qa, tokenizer)).toBe(
    '<s>|Question|:| Who| wrote| it|?|\n|Answer|:|[ Ada]|[ Blue]|[</s>]',
  )
  expect(shown({ input: 'He was', output: 'born' }, tokenizer)).toBe('<s>|He| was|[ born]|[</s>]')
  const template = { prompt: 'Q {question} A', answer: ': {answer}.' }
  expect(shown({ question: '{answer} $&', answer: 'x {question}' }, tokenizer, { template })).toBe(
    '<s>|Q| |{|answer|}| |$|&| A|[:]|[ x]|[ ]|[{]|[question]|[}]|[.]|[</s>]',
  )
})

test('text: every token after the first is trained, and the end token, also with a chat template', () => {
  for (const tokenizer of [fakeTokenizer(), fakeTokenizer({ chat: chatMl })])
    expect(shown({ text: 'One two.' }, tokenizer)).toBe('One|[ two]|[.]|[</s>]')
  expect(encode([{ text: 'One two' }], fakeTokenizer({ chat: chatMl })).report.template).toBe(null)
  expect(shown({ text: 'One two' }, fakeTokenizer({ start: true }))).toBe('<s>|[One]|[ two]|[</s>]')
})

test('a tokenizer that closes every text itself gives one end token, after the answer', () => {
  expect(
    shown({ input: 'He was', output: 'born' }, fakeTokenizer({ start: true, close: true })),
  ).toBe('<s>|He| was|[ born]|[</s>]')
})

test('chat template: the end-of-turn token is trained, what follows it is left out', () => {
  const tokenizer = fakeTokenizer({ start: true, chat: chatMl })
  expect(shown(qa, tokenizer)).toBe(
    '<s>|<turn>|user|\n|Who| wrote| it|?|<end>|\n|<turn>|assistant|\n|[Ada]|[ Blue]|[<end>]',
  )
  expect(shown({ question: 'Q', answer: 'says <end> twice' }, tokenizer)).toBe(
    '<s>|<turn>|user|\n|Q|<end>|\n|<turn>|assistant|\n|[says]|[ ]|[<end>]|[ twice]|[<end>]',
  )
  expect(shown(qa, tokenizer, { template: 'plain' })).toContain('Answer|:|[ Ada]|[ Blue]|[</s>]')
})

test('chat template without an end-of-turn token: eos is appended', () => {
  const bare = fakeTokenizer({
    chat: (messages, generate) =>
      messages.map(({ role, content }) => `${role}: ${content}\n`).join('') +
      (generate ? 'assistant:' : ''),
  })
  expect(shown(qa, bare)).toBe('user|:| Who| wrote| it|?|\n|assistant|:|[ Ada]|[ Blue]|[\n]|[</s>]')
})

const conversation = [
  { role: 'system', content: 'Be kind' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
  { role: 'user', content: 'Bye' },
  { role: 'assistant', content: 'Ciao' },
  { role: 'user', content: 'Still there?' },
]

test('conversations: all assistant turns and nothing else', () => {
  const chat = fakeTokenizer({ chat: chatMl })
  expect(shown({ messages: conversation }, chat)).toBe(
    '<s>|<turn>|system|\n|Be| kind|<end>|\n|<turn>|user|\n|Hi|<end>|\n|<turn>|assistant|\n|[Hello]|[<end>]|' +
      '\n|<turn>|user|\n|Bye|<end>|\n|<turn>|assistant|\n|[Ciao]|[<end>]',
  )
  const plain = fakeTokenizer({ start: true })
  expect(shown({ messages: conversation }, plain)).toBe(
    '<s>|Be| kind|\n\n|Question|:| Hi|\n|Answer|:|[ Hello]|[</s>]|Question|:| Bye|\n|Answer|:|[ Ciao]|[</s>]',
  )
  expect(complaints(() => encode([{ messages: conversation.slice(2) }], plain))).toEqual([
    'a.jsonl:1:1: expected user and assistant in turn, where there is no chat template, got "assistant" as turn 1',
  ])
})

test('what stands before an answer is what generation starts from', () => {
  const tokenizers = [
    fakeTokenizer({ start: true }),
    fakeTokenizer({ start: true, close: true }),
    fakeTokenizer({ chat: chatMl }),
  ]
  const templates = [undefined, { prompt: 'Q: {question} A: ', answer: '{answer}' }] as const
  const answers = ['Ada', ' Ada', '\nAda', '\n\n', '? Ada']
  for (const tokenizer of tokenizers)
    for (const template of templates)
      for (const answer of answers) {
        const row = { question: 'Who?', answer: `${answer}x` }
        const { examples, report } = encode([row], tokenizer, template && { template })
        const { tokens, promptLength, trained } = examples[0]
        const generated = promptTokens('Who?', tokenizer, report.template!)
        expect([...tokens.subarray(0, promptLength)]).toEqual([...generated])
        expect(trained.indexOf(1)).toBe(promptLength)
        expect(report.warnings).toEqual([])
      }
  const [, , chat] = tokenizers
  const two = encode([{ messages: conversation }], chat).examples[0]
  expect([...two.tokens.subarray(0, two.promptLength)]).toEqual([
    ...promptTokens(conversation.slice(0, 4), chat, 'chat'),
  ])
})

test('a border that changes the text is a warning', () => {
  const honest = fakeTokenizer()
  const shy: Tokenizer = {
    ...honest,
    // Like a tokenizer that puts a space before every text.
    encode: (text, options) => honest.encode(text.startsWith(' ') ? text : ` ${text}`, options),
  }
  const template = { prompt: 'Q {question} A ', answer: '{answer}' }
  expect(encode([qa, qa], shy, { template }).report.warnings.map(formatProblem)).toEqual([
    'a.jsonl:1:1: expected prompt and answer encoded apart to say what the text says, got another text in 2 of 2 examples. Let the prompt template end without a space and the answer template begin with it',
  ])
  expect(encode([qa], shy).report.warnings).toEqual([])
})

test('truncation is reported for each example and in total, and the lost end token', () => {
  const tokenizer = fakeTokenizer()
  const { examples, report } = encode(
    [qa, { question: 'Why?', answer: 'So' }, { question: 'Why?', answer: 'a b c d e' }],
    tokenizer,
    { maxLength: 10 },
  )
  expect(examples.map(({ tokens }) => tokens.length)).toEqual([10, 9, 10])
  expect(examples.map(({ trained }) => trained.length)).toEqual([10, 9, 10])
  expect(report).toMatchObject({
    examples: 3,
    tokens: 29,
    trainedTokens: 1 + 2 + 3,
    longest: 13,
    truncatedTokens: 5,
    truncated: [
      { index: 0, file: 'a.jsonl', line: 1, tokens: 2 },
      { index: 2, file: 'a.jsonl', line: 3, tokens: 3 },
    ],
  })
  expect(report.warnings.map(formatProblem)).toEqual([
    'a.jsonl:1:1: expected at most maxLength = 10 tokens, got 5 tokens cut in 2 of 3 examples. The longest example has 13 tokens',
    'a.jsonl:1:1: expected the end token among the trained tokens, got none in 2 of 3 examples. These examples do not teach the model where an answer stops',
  ])
  expect(complaints(() => encode([qa, qa], tokenizer, { maxLength: 9 }))).toEqual(
    [1, 2].map(
      (line) =>
        `a.jsonl:${line}:1: expected maxLength > tokens before the answer = 9, got 9, which cuts the whole answer off. The whole example has 12 tokens`,
    ),
  )
})

test('nothing trained, everything trained, and an end token that is not trained', () => {
  const endless = fakeTokenizer({ end: false })
  expect(encode([qa], endless).report.warnings.map(({ code }) => code)).toEqual([
    'end-token-not-trained',
  ])
  expect(complaints(() => encode([{ text: 'One' }], endless))).toEqual([
    'a.jsonl:1:1: expected at least one trained token, got none in 1 token',
  ])
  const empty = { input: '', output: 'All of it' }
  expect(complaints(() => encode([empty], fakeTokenizer()))).toEqual([
    'a.jsonl:1:1: expected a prompt of at least one token, got none: every token would be trained',
  ])
  expect(complaints(() => encode([empty], fakeTokenizer({ start: true })))).toEqual([])
})

test('templates without their placeholder and chat templates that do not fit are errors', () => {
  const template = { prompt: 'Q: {qestion}', answer: 'A' }
  expect(complaints(() => encode([qa], fakeTokenizer(), { template }))).toEqual([
    'template.prompt: expected text with {question}, got "Q: {qestion}". Did you mean {question} instead of {qestion}?',
    'template.answer: expected text with {answer}, got "A"',
  ])
  const thinking = fakeTokenizer({
    chat: (messages, generate) => `${chatMl(messages, generate)}${generate ? '<think>\n' : ''}`,
  })
  expect(complaints(() => encode([qa], thinking))[0]).toMatch(
    /^a\.jsonl:1:1: expected a chat template with the generation prompt: .*think.*plain/,
  )
  const forgetful = fakeTokenizer({
    chat: (messages, generate) =>
      chatMl(
        messages.map((message, i) =>
          message.role === 'assistant' && i < messages.length - 2
            ? { ...message, content: '…' }
            : message,
        ),
        generate,
      ),
  })
  expect(complaints(() => encode([{ messages: conversation }], forgetful))[0]).toContain(
    'expected a chat template with turn 3 left as it was',
  )
  const strict = fakeTokenizer({
    chat: () => {
      throw new UserError({ code: 'refused', path: 'x.jinja', expected: 'no system', got: 'one' })
    },
  })
  expect(complaints(() => encode([qa], strict))).toEqual([
    'a.jsonl:1:1: x.jinja: expected no system, got one',
  ])
})

test('a Llama-3 tokenizer with its chat template: the end-of-turn token is trained, the start token stands once', async () => {
  const folder = fileURLToPath(new URL('../../test/golden/tokenizer', import.meta.url))
  const tokenizer = await openTokenizer(await nodeFolder(folder))
  const row = { question: 'Who wrote it?', answer: 'Ada Blüe 🙂' }
  const header = (role: string) => `<|start_header_id|>${role}<|end_header_id|>\n\n`
  const cases: [EncodeOptions['template'], string, string][] = [
    [
      undefined,
      `<|bos|>${header('user')}Who wrote it?<|eot_id|>${header('assistant')}`,
      'Ada Blüe 🙂<|eot_id|>',
    ],
    ['plain', '<|bos|>Question: Who wrote it?\nAnswer:', ' Ada Blüe 🙂<|eos|>'],
    [{ prompt: '{question} ', answer: '{answer}' }, '<|bos|>Who wrote it? ', 'Ada Blüe 🙂<|eos|>'],
  ]
  for (const [template, prompt, answer] of cases) {
    const { examples, report } = encode([row], tokenizer, template && { template })
    const { tokens, trained, promptLength } = examples[0]
    expect(tokenizer.decode(tokens.subarray(0, promptLength))).toBe(prompt)
    expect(tokenizer.decode(tokens.filter((_, t) => trained[t]))).toBe(answer)
    expect(tokens.length - promptLength).toBe(trained.filter((one) => one).length)
    expect([...tokens.subarray(0, promptLength)]).toEqual([
      ...promptTokens(row.question, tokenizer, report.template!),
    ])
    expect(report.warnings).toEqual([])
  }
})
