import type { Message } from '../checkpoint/chat-template.ts'
import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { UserError } from '../error.ts'

/** Stands for an answer where only what the template writes around it is wanted. */
export const answerMark = 'letheAnswerMark'

/**
 * Where a turn ends in what a chat template writes after its content.
 *
 * @param tail from the end of the content to the end of the turn
 * @returns the token that ends the turn, the first special one or, where there is none, the first that is spelt like one
 *   (`<|im_end|>`), and the offset after it; null where the template writes none
 */
export function endOfTurn(
  tail: string,
  tokenizer: Tokenizer,
): { token: number; offset: number } | null {
  const tokens = tokenizer.encode(tail, { addSpecialTokens: false })
  const token =
    tokens.find((id) => isSpecial(id, tokenizer)) ??
    tokens.find((id) => /^<\S+>$/.test(tokenizer.tokenText(id)))
  if (token === undefined) return null
  const text = tokenizer.tokenText(token)
  const at = tail.indexOf(text)
  return at < 0 ? null : { token, offset: at + text.length }
}

/**
 * The token with which the chat template ends an answer, which is not always the end token: training teaches it, so
 * generation must stop at it. Null where there is no template, or it writes none.
 */
export function turnEndToken(tokenizer: Tokenizer): number | null {
  if (!tokenizer.hasChatTemplate) return null
  const messages: Message[] = [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: answerMark },
  ]
  try {
    const written = tokenizer.applyChatTemplate(messages, { addGenerationPrompt: false })
    const at = written.indexOf(answerMark)
    if (at < 0) return null
    return endOfTurn(written.slice(at + answerMark.length), tokenizer)?.token ?? null
  } catch (error) {
    // A template that takes no such conversation says so where it is used.
    if (error instanceof UserError) return null
    throw error
  }
}

function isSpecial(token: number, tokenizer: Tokenizer): boolean {
  const known = special.get(tokenizer) ?? new Map<number, boolean>()
  special.set(tokenizer, known)
  const answer =
    known.get(token) ??
    (token === tokenizer.eosToken ||
      (tokenizer.decode([token], { skipSpecialTokens: true }) === '' &&
        tokenizer.decode([token]) !== ''))
  known.set(token, answer)
  return answer
}

/** Decoding one token at a time is slow; which tokens are special never changes. */
const special = new WeakMap<Tokenizer, Map<number, boolean>>()
