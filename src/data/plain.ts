import type { Message } from '../checkpoint/chat-template.ts'
import type { Problem } from '../error.ts'
import { fillTemplate, type PlainTemplate } from './plain-template.ts'
import type { Segment } from './segment.ts'

/**
 * A conversation written with a plain template, in segments: question and answer in turn, every answer trained and
 * closed by the end token, a system message before the first question. A last question without answer is kept.
 *
 * @returns the segments, or a problem where user and assistant do not alternate
 */
export function plainSegments(
  messages: readonly Message[],
  template: PlainTemplate,
): { segments: Segment[] } | { problem: Problem } {
  const system = messages[0]?.role === 'system'
  const turns = messages.slice(system ? 1 : 0)
  const strange = turns.findIndex(({ role }, i) => role !== (i % 2 ? 'assistant' : 'user'))
  if (strange >= 0)
    return {
      problem: {
        code: 'plain-conversation',
        expected: 'user and assistant in turn, where there is no chat template',
        got: `"${turns[strange].role}" as turn ${strange + 1}`,
      },
    }
  const segments = turns.map(({ role, content }): Segment => {
    return role === 'user'
      ? { text: fillTemplate(template.prompt, content), trained: false, end: false }
      : { text: fillTemplate(template.answer, content), trained: true, end: true }
  })
  if (system && segments.length > 0)
    segments[0].text = `${messages[0].content}\n\n${segments[0].text}`
  return { segments }
}
