import type { Message } from '../checkpoint/chat-template.ts'
import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { type Problem, UserError } from '../error.ts'
import { chatSegments } from './chat-segments.ts'
import type { Example } from './example.ts'
import type { Item } from './items.ts'
import { plainSegments } from './plain.ts'
import type { PlainTemplate } from './plain-template.ts'
import { type EncodedSegments, encodeSegments, type Segment } from './segment.ts'

/** An example with what its data set's report needs. */
export interface EncodedItem {
  example: Example
  /** Tokens before truncation. */
  length: number
  /** Whether the last answer's end token is among the trained tokens. */
  ended: boolean
  faithful: boolean
}

/**
 * One record as a token sequence with the mask of its trained tokens, cut to `maxLength` at the end.
 *
 * @param options.template null for {text}
 * @returns a problem, with its position, where the chat template refuses the record, a token has no row in the model, where its prompt has no token, or
 *   where nothing is left to train on
 */
export function encodeItem(
  item: Item,
  index: number,
  tokenizer: Tokenizer,
  options: { template: 'chat' | PlainTemplate | null; maxLength: number },
): EncodedItem | { problem: Problem } {
  const position = { ...item.origin, column: 1 }
  const made = segmentsOf(item, tokenizer, options.template)
  if ('problem' in made) return { problem: { ...made.problem, position } }
  const isText = options.template === null
  let encoded: EncodedSegments
  try {
    encoded = encodeSegments(made.segments, tokenizer, {
      addSpecialTokens: options.template !== 'chat',
    })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { problem: { ...error.problems[0], position } }
  }
  const problem = maskProblem(encoded, isText, options.maxLength)
  if (problem) return { problem: { ...problem, position } }
  const length = encoded.tokens.length
  const tokens = encoded.tokens.slice(0, options.maxLength)
  const example: Example = {
    index,
    tokens,
    trained: encoded.trained.slice(0, options.maxLength),
    promptLength: isText ? 1 : encoded.starts[encoded.starts.length - 1],
    prompt: item.prompt,
    answer: item.answer,
    origin: item.origin,
    truncatedTokens: length - tokens.length,
  }
  const appended = made.segments[made.segments.length - 1].end
  const ended = tokens.length === length && (!appended || tokenizer.eosToken !== null)
  return { example, length, ended, faithful: encoded.faithful }
}

function segmentsOf(
  item: Item,
  tokenizer: Tokenizer,
  template: 'chat' | PlainTemplate | null,
): { segments: Segment[] } | { problem: Problem } {
  if (template === null) return { segments: [{ text: item.answer, trained: true, end: true }] }
  const messages: readonly Message[] = item.messages ?? [
    { role: 'user', content: item.prompt },
    { role: 'assistant', content: item.answer },
  ]
  if (template === 'chat') return chatSegments(messages, tokenizer)
  const last = messages.findLastIndex(({ role }) => role === 'assistant')
  return plainSegments(messages.slice(0, last + 1), template)
}

function maskProblem(encoded: EncodedSegments, isText: boolean, maxLength: number): Problem | null {
  const { tokens, trained, starts } = encoded
  if (!isText && starts[0] === 0)
    return {
      code: 'everything-trained',
      expected: 'a prompt of at least one token',
      got: 'none: every token would be trained',
    }
  const first = trained.indexOf(1)
  if (first < 0)
    return {
      code: 'nothing-trained',
      expected: 'at least one trained token',
      got: `none in ${tokens.length} token${tokens.length === 1 ? '' : 's'}`,
    }
  const last = starts[starts.length - 1]
  if (maxLength > Math.max(last, first)) return null
  return {
    code: 'answer-cut',
    expected: `maxLength > tokens before the answer = ${Math.max(last, first)}`,
    got: `${maxLength}, which cuts the whole answer off`,
    hint: `The whole example has ${tokens.length} tokens`,
  }
}
