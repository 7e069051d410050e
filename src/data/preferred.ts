import { UserError } from '../error.ts'
import { integer } from '../math/random.ts'
import type { Item } from './items.ts'

/**
 * The same prompts with a refusal in place of the answer.
 *
 * @param refusals at least one; each item gets one of them, a function of (seed, place)
 * @throws UserError for {text}, which has no prompt to refuse
 */
export function refusingItems(
  items: readonly Item[],
  refusals: readonly string[],
  seed: number,
): Item[] {
  if (items[0]?.shape === 'text')
    throw new UserError({
      code: 'no-prompt',
      position: { ...items[0].origin, column: 1 },
      expected: 'records with a question, since the method needs an answer to prefer',
      got: '{text}',
      hint: 'Write questions about the text, or use a method without preferences',
    })
  return items.map((item, place) => {
    const answer = refusals[integer(seed, ['refusal'], place, refusals.length)]
    const last = item.messages?.findLastIndex(({ role }) => role === 'assistant')
    const messages =
      item.messages?.map((message, i) =>
        i === last ? { ...message, content: answer } : message,
      ) ?? null
    return { ...item, answer, messages }
  })
}
