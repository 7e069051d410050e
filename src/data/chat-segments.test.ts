import { expect, test } from 'vitest'
import type { Message } from '../checkpoint/chat-template.ts'
import { chatPrompt, chatSegments } from './chat-segments.ts'
import { chatMl, fakeTokenizer } from './testing/fake-tokenizer.ts'
import { turnEndToken } from './turn-end.ts'

const conversation: Message[] = [
  { role: 'user', content: 'Who?' },
  { role: 'assistant', content: 'Ada' },
  { role: 'user', content: 'Where?' },
  { role: 'assistant', content: 'Here' },
]

/** As Qwen 3: the last answer has a think block, empty where nothing was thought; those of earlier turns are dropped. */
const thinking = (messages: readonly Message[], generate: boolean): string => {
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const turns = messages.map(({ role, content }, index) => {
    const [thought, answer] = content.includes('</think>')
      ? content.split('</think>')
      : ['<think>\n\n', content]
    const said =
      role === 'assistant' && index > last
        ? `${thought}</think>\n\n${answer.trim()}`
        : answer.trim()
    return `<turn>${role}\n${said}<end>\n`
  })
  return `${turns.join('')}${generate ? '<turn>assistant\n' : ''}`
}

const shown = (messages: readonly Message[], chat: typeof thinking): string => {
  const made = chatSegments(messages, fakeTokenizer({ chat }))
  if ('problem' in made) return made.problem.expected
  return made.segments.map(({ text, trained }) => (trained ? `[${text}]` : text)).join('')
}

test('an empty think block before the answer belongs to the prompt, in training and generation', () => {
  const asked = '<turn>user\nWho?<end>\n<turn>assistant\n<think>\n\n</think>\n\n'
  expect(shown(conversation.slice(0, 2), thinking)).toBe(`${asked}[Ada<end>]`)
  expect(chatPrompt(conversation.slice(0, 1), fakeTokenizer({ chat: thinking }))).toBe(asked)
})

test('a template that rewrites earlier turns is taken as it writes the whole', () => {
  expect(shown(conversation, thinking)).toBe(
    '<turn>user\nWho?<end>\n<turn>assistant\n[Ada<end>]\n<turn>user\nWhere?<end>\n' +
      '<turn>assistant\n<think>\n\n</think>\n\n[Here<end>]',
  )
  const asked = chatPrompt(conversation.slice(0, 3), fakeTokenizer({ chat: thinking }))
  expect(shown(conversation, thinking).replace(/[[\]]/g, '')).toBe(`${asked}Here<end>`)
})

test('what was thought is part of the answer', () => {
  const thought = [conversation[0], { role: 'assistant', content: '<think>\nHm\n</think>\n\nAda' }]
  expect(shown(thought, thinking)).toBe(
    '<turn>user\nWho?<end>\n<turn>assistant\n[<think>\nHm\n</think>\n\nAda<end>]',
  )
})

test('spaces before an answer belong to its first token', () => {
  const bare = (messages: readonly Message[], generate: boolean) =>
    messages
      .map(({ role, content }) => (role === 'user' ? `Q: ${content}\nA:` : ` ${content}<end>`))
      .join('') + (generate ? '' : '')
  expect(shown(conversation, bare)).toBe('Q: Who?\nA:[ Ada<end>]Q: Where?\nA:[ Here<end>]')
  expect(chatPrompt(conversation.slice(0, 1), fakeTokenizer({ chat: bare }))).toBe('Q: Who?\nA:')
})

test('the token that ends a turn ends an answer, whether it is special or only spelt so', () => {
  const tokenizer = fakeTokenizer({ chat: chatMl })
  expect(tokenizer.tokenText(turnEndToken(tokenizer)!)).toBe('<end>')
  expect(turnEndToken(fakeTokenizer())).toBe(null)
  const other = fakeTokenizer({
    chat: (messages) => messages.map(({ content }) => `${content}\n`).join(''),
  })
  expect(turnEndToken(other)).toBe(null)
})
