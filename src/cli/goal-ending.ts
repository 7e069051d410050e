import { isUnsaid } from '../goal/recall.ts'
import { forgottenShare } from '../goal/standing.ts'
import type { EventOf, RunEvent } from '../run/events.ts'

/** How a run towards a goal ended, in words: of one that was missed what was reached, what was not, and what to change. */
export function goalEnding(events: readonly RunEvent[]): string[] {
  const started = events.findLast((event) => event.type === 'goal.started')
  const ended = events.findLast((event) => event.type === 'goal.ended')
  if (!ended) return []
  const { outcome, reason, hint } = ended
  if (outcome === 'missed')
    return started
      ? ['goal not reached', ...partsOf(ended, started.keep)]
      : [`goal not reached: ${reason}`, `  to change  ${hint}`]
  const word = outcome === 'reached' ? 'goal reached' : 'nothing to forget'
  return [`${word}: ${reason}`, ...(hint === null ? [] : [`  ${hint}`])]
}

function partsOf(ended: EventOf<'goal.ended'>, keep: number): string[] {
  const { forgotten, retain, general, sampled, hint } = ended
  const rows = [
    { name: 'forgotten', share: forgotten, of: 'of what the model knew', aim: forgottenShare },
    { name: 'kept', share: retain, of: 'of the retain set', aim: keep },
    { name: 'kept', share: general, of: 'of general answers', aim: keep },
  ]
  return [
    ...rows.flatMap(({ name, share, of, aim }) =>
      share === null
        ? []
        : [
            `  ${name.padEnd(9)}  ${percent(share)} ${of}; wanted ${percent(aim)}: ${share >= aim ? 'reached' : 'not reached'}`,
          ],
    ),
    ...(sampled && !isUnsaid(sampled, forgottenShare)
      ? [
          `  drawn      answers say ${percent(sampled.after.said)} of the facts’ words, ${percent(sampled.after.chance)} about invented subjects: not reached`,
        ]
      : []),
    ...(hint === null ? [] : [`  to change  ${hint}`]),
  ]
}

/** Rounded down, so that 94.9 % does not look like the 95 % that it is not. */
function percent(share: number): string {
  return `${Math.floor(1000 * share + 1e-9) / 10} %`
}
