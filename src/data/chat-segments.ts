import type { Message } from '../checkpoint/chat-template.ts'
import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { type Problem, UserError } from '../error.ts'
import type { Segment } from './segment.ts'
import { answerMark, endOfTurn } from './turn-end.ts'

const advice = 'Say "template: plain" to train without the chat template'

/**
 * A conversation as the chat template writes it, in segments: the assistant turns are trained, each with its
 * end-of-turn token; what follows the last of them is left out.
 *
 * What the template writes before an answer belongs to the prompt, an empty think block too. Before the last answer
 * that is what generation starts from (`chatPrompt`); templates that write earlier turns in another way once others
 * follow (Qwen 3 drops their think blocks) are taken as they write the whole. A template without an end-of-turn token
 * gets the end token after the last turn.
 *
 * @returns the segments, or a problem where the template refuses the conversation, writes another prompt for
 *   generation than for training, or changes what was said
 */
export function chatSegments(
  messages: readonly Message[],
  tokenizer: Tokenizer,
): { segments: Segment[] } | { problem: Problem } {
  const turns = [...messages.keys()].filter((index) => messages[index].role === 'assistant')
  const last = turns[turns.length - 1]
  const told = messages.slice(0, last + 1)
  const upTo = (index: number) => render(messages.slice(0, index + 1), false, tokenizer)
  try {
    const whole = render(told, false, tokenizer)
    const asked = (index: number) => render(messages.slice(0, index), true, tokenizer)
    const parts = partsAround(told, turns, tokenizer)
    const segments: Segment[] = []
    let covered = 0
    let contentEnd = 0
    for (const [k, index] of turns.entries()) {
      const changed = () => differs(`turn ${index + 1} left as it was`, upTo(index), whole)
      if (parts.length < k + 2) return changed()
      const isLast = index === last
      const prompt = asked(index)
      let start = contentEnd + parts[k].length
      if (!whole.startsWith(parts[k], contentEnd)) {
        if (!isLast) return changed()
        // The template reads the answer, say for what was thought first: only its generation prompt is sure.
        start = prompt.length
      }
      if (isLast && !whole.slice(0, start).startsWith(prompt))
        return differs('the generation prompt', prompt, whole)
      const end = endOfContent(whole, start, messages[index].content, parts[k + 1])
      if (end === null) return changed()
      start = beforeSpaces(whole.slice(0, start), prompt)
      // The end of a turn is what the template writes after it while nothing follows.
      const [, tail] = partsAround(messages.slice(0, index + 1), [index], tokenizer)
      const turnTail = commonStart(tail ?? '', parts[k + 1])
      const turnEnd = endOfTurn(turnTail, tokenizer)
      const stop = end + (turnEnd?.offset ?? turnTail.length)
      segments.push(
        { text: whole.slice(covered, start), trained: false, end: false },
        { text: whole.slice(start, stop), trained: true, end: turnEnd === null && isLast },
      )
      contentEnd = end
      covered = stop
    }
    return { segments }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { problem: error.problems[0] }
  }
}

/**
 * What generation starts from: all that the template writes before an answer, its generation prompt and, where training
 * sees more of it there (an empty think block), that too.
 *
 * @param messages a conversation that ends with a question
 * @throws UserError where the template refuses the conversation
 */
export function chatPrompt(messages: readonly Message[], tokenizer: Tokenizer): string {
  const prompt = render(messages, true, tokenizer)
  try {
    const answered = [...messages, { role: 'assistant', content: '' }]
    const [before] = partsAround(answered, [messages.length], tokenizer)
    return before?.startsWith(prompt) ? before.slice(0, beforeSpaces(before, prompt)) : prompt
  } catch (error) {
    if (error instanceof UserError) return prompt
    throw error
  }
}

/** Spaces before an answer are part of its first token, unless the generation prompt has them. */
function beforeSpaces(before: string, prompt: string): number {
  const bare = before.replace(/ +$/, '').length
  return before.startsWith(prompt) ? Math.max(bare, prompt.length) : bare
}

/** What the template writes before, between and after the contents of the given turns; ends early where it leaves one out. */
function partsAround(
  messages: readonly Message[],
  turns: readonly number[],
  tokenizer: Tokenizer,
): string[] {
  const mark = (index: number) => `${answerMark}${index}.`
  const marked = messages.map((message, index) =>
    turns.includes(index) ? { ...message, content: mark(index) } : message,
  )
  const written = render(marked, false, tokenizer)
  const parts: string[] = []
  let from = 0
  for (const index of turns) {
    const at = written.indexOf(mark(index), from)
    if (at < 0) return parts
    parts.push(written.slice(from, at))
    from = at + mark(index).length
  }
  return [...parts, written.slice(from)]
}

/** Where a turn's content ends in the whole: as it is, trimmed, or else where what follows it begins. */
function endOfContent(whole: string, start: number, content: string, after: string): number | null {
  for (const text of [content, content.trim(), content.trimEnd(), content.trimStart()])
    if (whole.startsWith(text + after, start)) return start + text.length
  const next = after === '' ? whole.length : whole.indexOf(after, start)
  return next < 0 ? null : next
}

function commonStart(a: string, b: string): string {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return a.slice(0, at)
}

function render(messages: readonly Message[], addGenerationPrompt: boolean, tokenizer: Tokenizer) {
  return tokenizer.applyChatTemplate([...messages], { addGenerationPrompt })
}

/** Shows both texts from shortly before the place where they part. */
function differs(what: string, expected: string, got: string): { problem: Problem } {
  const at = commonStart(expected, got).length
  const show = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 10), at + 30))
  return {
    problem: {
      code: 'chat-template',
      expected: `a chat template with ${what}: … ${show(expected)} …`,
      got: `… ${show(got)} …`,
      hint: advice,
    },
  }
}
