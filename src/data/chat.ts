import type { Message } from '../checkpoint/chat-template.ts'
import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { type Problem, UserError } from '../error.ts'
import type { Segment } from './segment.ts'

const advice = 'Say "template: plain" to train without the chat template'

/**
 * A conversation as the chat template writes it, in segments: the assistant turns are trained, each with its
 * end-of-turn token; what follows the last of them is left out.
 *
 * Before each assistant turn stands what the template writes for generation (`add_generation_prompt`), so training
 * and generation see the same prompt. A template without an end-of-turn token gets the end token after the last turn.
 *
 * @returns the segments, or a problem where the template refuses the conversation, writes another prompt for
 *   generation than for training, or rewrites earlier turns
 */
export function chatSegments(
  messages: readonly Message[],
  tokenizer: Tokenizer,
): { segments: Segment[] } | { problem: Problem } {
  const turns = [...messages.keys()].filter((index) => messages[index].role === 'assistant')
  const last = turns[turns.length - 1]
  const segments: Segment[] = []
  try {
    const whole = render(messages.slice(0, last + 1), false, tokenizer)
    let covered = 0
    for (const index of turns) {
      const prompt = render(messages.slice(0, index), true, tokenizer)
      const written = render(messages.slice(0, index + 1), false, tokenizer)
      if (!written.startsWith(prompt)) return differs('the generation prompt', prompt, written)
      const turn = written.slice(prompt.length)
      const turnEnd = endOfTurn(turn, messages[index].content, tokenizer)
      const end = prompt.length + (turnEnd ?? turn.length)
      if (prompt.length < covered || !whole.startsWith(written.slice(0, end)))
        return differs(`turn ${index + 1} left as it was`, written.slice(0, end), whole)
      segments.push(
        { text: whole.slice(covered, prompt.length), trained: false, end: false },
        {
          text: whole.slice(prompt.length, end),
          trained: true,
          end: turnEnd === null && index === last,
        },
      )
      covered = end
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { problem: error.problems[0] }
  }
  return { segments }
}

/** Offset after the first special token that follows the content, or null when the template writes none. */
function endOfTurn(turn: string, content: string, tokenizer: Tokenizer): number | null {
  const inContent = specialTokens(content, tokenizer).length
  const inTurn = specialTokens(turn, tokenizer)
  if (inTurn.length <= inContent) return null
  let offset = 0
  for (const token of inTurn.slice(0, inContent + 1)) {
    const text = tokenizer.tokenText(token)
    const at = turn.indexOf(text, offset)
    if (at < 0) return null
    offset = at + text.length
  }
  return offset
}

function specialTokens(text: string, tokenizer: Tokenizer): number[] {
  const known = special.get(tokenizer) ?? new Map<number, boolean>()
  special.set(tokenizer, known)
  return [...tokenizer.encode(text, { addSpecialTokens: false })].filter((token) => {
    const answer =
      known.get(token) ??
      (token === tokenizer.eosToken ||
        (tokenizer.decode([token], { skipSpecialTokens: true }) === '' &&
          tokenizer.decode([token]) !== ''))
    known.set(token, answer)
    return answer
  })
}

/** Decoding one token at a time is slow; which tokens are special never changes. */
const special = new WeakMap<Tokenizer, Map<number, boolean>>()

function render(messages: readonly Message[], addGenerationPrompt: boolean, tokenizer: Tokenizer) {
  return tokenizer.applyChatTemplate([...messages], { addGenerationPrompt })
}

/** Shows both texts from shortly before the place where they part. */
function differs(what: string, expected: string, got: string): { problem: Problem } {
  let at = 0
  while (at < expected.length && expected[at] === got[at]) at++
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
