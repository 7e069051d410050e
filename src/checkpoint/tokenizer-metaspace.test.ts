import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../files/testing/problems-of.ts'
import { compileChatTemplate, type Message } from './chat-template.ts'
import { nodeFolder } from './node-folder.ts'
import { openTokenizer } from './tokenizer.ts'

/** Made by reference/make_metaspace_goldens.py. */
const path = new URL('../../test/golden/tokenizer-metaspace/', import.meta.url).pathname
const golden: {
  templates: Record<string, string>
  chats: {
    template: string
    messages: Message[]
    addGenerationPrompt: boolean
    text?: string
    refused?: string
  }[]
} & Record<'normalizer' | 'metaspace', Encoding[]> = JSON.parse(
  readFileSync(`${path}golden.json`, 'utf8'),
)

interface Encoding {
  text: string
  tokens: number[]
  withSpecialTokens: number[]
  decoded: string
  decodedSkippingSpecial: string
}

describe.each(['normalizer', 'metaspace'] as const)('spaces by %s, as tokenizers', async (name) => {
  const tokenizer = await openTokenizer(await nodeFolder(path + name))

  it.each(golden[name])('encodes and decodes $text', (given) => {
    const { text, tokens, withSpecialTokens, decoded, decodedSkippingSpecial } = given
    expect([...tokenizer.encode(text, { addSpecialTokens: false })]).toEqual(tokens)
    expect([...tokenizer.encode(text)]).toEqual(withSpecialTokens)
    expect(tokenizer.decode(withSpecialTokens)).toBe(decoded)
    expect(tokenizer.decode(withSpecialTokens, { skipSpecialTokens: true })).toBe(
      decodedSkippingSpecial,
    )
  })

  it('shows spaces, and bytes as the vocabulary spells them', () => {
    const [river] = tokenizer.encode(' the', { addSpecialTokens: false }).slice(-1)
    expect(tokenizer.tokenText(river)).toMatch(/^ ?\w+$/)
    expect(tokenizer.tokenText(tokenizer.encode('é', { addSpecialTokens: false })[1])).toBe(
      '<0xC3>',
    )
  })
})

describe('chat templates, as transformers', () => {
  it.each(golden.chats)('$template: $messages, prompt $addGenerationPrompt', async (chat) => {
    const special = { bos_token: '<s>', eos_token: '</s>' }
    const render = compileChatTemplate('t', golden.templates[chat.template], special, new Date())
    const action = () => render(chat.messages, chat.addGenerationPrompt)
    if (chat.refused === undefined) expect(action()).toBe(chat.text)
    else expect(await problemsOf(action)).toMatchObject([{ got: chat.refused }])
  })
})
