import type { Message } from '../../checkpoint/chat-template.ts'
import type { Tokenizer } from '../../checkpoint/tokenizer.ts'

/**
 * A word tokenizer that is easy to read in tests: ` word`, runs of spaces or newlines and single signs are tokens;
 * `<s>`, `</s>`, `<end>`, `<turn>` are special. Not prefix-stable: a space before a word belongs to the word.
 */
export function fakeTokenizer(
  options: {
    /** Puts `<s>` before a text. */
    start?: boolean
    /** Has `</s>` as its end token; yes unless given. */
    end?: boolean
    /** Puts `</s>` behind every text, as some tokenizers do. */
    close?: boolean
    chat?: (messages: readonly Message[], addGenerationPrompt: boolean) => string
  } = {},
): Tokenizer {
  const special = ['<s>', '</s>', '<end>', '<turn>']
  const texts = [...special]
  const ids = new Map(special.map((text, id) => [text, id]))
  const idOf = (text: string): number => {
    const id = ids.get(text) ?? texts.push(text) - 1
    ids.set(text, id)
    return id
  }
  return {
    vocabSize: 10_000,
    bosToken: 0,
    eosToken: options.end === false ? null : 1,
    padToken: 1,
    encode: (text, { addSpecialTokens = true } = {}) => {
      const pieces = text.match(/<s>|<\/s>|<end>|<turn>| ?[\p{L}\p{N}]+|\n+| +(?! )|./gsu) ?? []
      const around = addSpecialTokens ? options : {}
      return Int32Array.from([
        ...(around.start ? [0] : []),
        ...pieces.map(idOf),
        ...(around.close ? [1] : []),
      ])
    },
    decode: (tokens, { skipSpecialTokens = false } = {}) =>
      Array.from(tokens, (token) => texts[token])
        .filter((text) => !skipSpecialTokens || !special.includes(text))
        .join(''),
    tokenText: (token) => texts[token] ?? '',
    hasChatTemplate: options.chat !== undefined,
    applyChatTemplate: (messages, { addGenerationPrompt }) =>
      options.chat!(messages, addGenerationPrompt),
    files: new Map(),
  }
}

/** ChatML with these special tokens: the line break after a turn follows its end token. */
export function chatMl(messages: readonly Message[], addGenerationPrompt: boolean): string {
  const turns = messages.map(({ role, content }) => `<turn>${role}\n${content.trim()}<end>\n`)
  return `<s>${turns.join('')}${addGenerationPrompt ? '<turn>assistant\n' : ''}`
}
