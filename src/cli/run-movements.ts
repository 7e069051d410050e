import type { EventOf, RunEvent } from '../run/events.ts'
import { standingText } from './event-line.ts'
import { leftText, type Movement, recordsMovement } from './movement.ts'

/** Follows a run's events and says of those that tell how far it is what there is to show; null for others. */
export function runMovements(): (event: RunEvent) => Movement | null {
  // Towards a goal nobody knows the steps, only how much time it may take.
  let seconds: number | null = null
  let look: EventOf<'goal.look'> | null = null
  const towards = (event: EventOf<'step'>, whole: number): Movement => {
    const since = look ? (Date.parse(event.ts) - Date.parse(look.ts)) / 1000 : 0
    const left = Math.max(0, (look?.secondsLeft ?? whole) - since)
    return {
      of: 'goal',
      share: 1 - left / whole,
      what: `step ${event.step}`,
      details: [
        ...(look ? [standingText(look)] : []),
        `rate ${event.learningRate.toExponential(0)}`,
      ],
      left: `≤ ${leftText(left)}`,
    }
  }
  return (event) => {
    switch (event.type) {
      case 'goal.started':
        seconds = event.seconds
        look = null
        return null
      case 'goal.look':
        // A run that goes on does not say again what it may take.
        seconds = Math.max(seconds ?? 0, event.secondsLeft)
        look = event
        return null
      case 'step':
        return seconds ? towards(event, seconds) : stepMovement(event)
      case 'eval.progress': {
        const { phase } = event
        return recordsMovement(
          phase,
          `measuring ${phase === 'during' ? '' : `${phase} `}training`,
          event,
        )
      }
      default:
        return null
    }
  }
}

function stepMovement({ step, totalSteps, losses, etaSeconds }: EventOf<'step'>): Movement {
  const details = (['forget', 'retain'] as const).flatMap((set) => {
    const loss = losses[set]
    return loss === null ? [] : [`${set} ${loss.toPrecision(4)}`]
  })
  return {
    of: 'steps',
    share: step / totalSteps,
    what: `step ${step}/${totalSteps}`,
    details,
    left: step < totalSteps ? leftText(etaSeconds) : null,
  }
}
