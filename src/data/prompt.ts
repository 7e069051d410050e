import type { Message } from '../checkpoint/chat-template.ts'
import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { UserError } from '../error.ts'
import { chatPrompt } from './chat-segments.ts'
import { plainSegments } from './plain.ts'
import { defaultTemplate, type PlainTemplate } from './plain-template.ts'
import type { ShapeId } from './record-shape.ts'
import { encodeSegments } from './segment.ts'

/** What a recipe says of the prompt: nothing (the chat template where there is one), `plain`, or a template. */
export type TemplateChoice = 'plain' | PlainTemplate | undefined

/** The template in use: the recipe's, else the tokenizer's chat template, else the default of the shape. */
export function resolveTemplate(
  choice: TemplateChoice,
  tokenizer: Tokenizer,
  shape: ShapeId,
): 'chat' | PlainTemplate {
  if (typeof choice === 'object') return choice
  return choice === undefined && tokenizer.hasChatTemplate ? 'chat' : defaultTemplate(shape)
}

/**
 * The tokens that generation starts from: the same that stand before an answer in training.
 *
 * @param prompt a question, or a conversation that ends with one
 * @throws UserError where a plain template meets a conversation in which user and assistant do not alternate
 */
export function promptTokens(
  prompt: string | readonly Message[],
  tokenizer: Tokenizer,
  template: 'chat' | PlainTemplate,
): Int32Array {
  const messages = typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : [...prompt]
  if (template === 'chat') {
    return tokenizer.encode(chatPrompt(messages, tokenizer), { addSpecialTokens: false })
  }
  const made = plainSegments(messages, template)
  if ('problem' in made) throw new UserError(made.problem)
  return encodeSegments(made.segments, tokenizer, { addSpecialTokens: true }).tokens
}
