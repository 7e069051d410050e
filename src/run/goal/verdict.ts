import { isUnsaid, type SampledRecall } from '../../goal/recall.ts'
import {
  forgottenShare,
  isReached,
  keptShare,
  type Look,
  type Standing,
  standingOf,
} from '../../goal/standing.ts'
import type { Goal } from '../../recipe/section/goal-section.ts'
import { durationText } from '../../units.ts'
import type { EventPayloads } from '../events.ts'
import type { GoalData } from './goal-data.ts'
import type { Search } from './search-file.ts'
import type { GoalStart } from './start-file.ts'

/** What a run towards a goal came to, on wordings and rows that took no part, with what to change where it was missed. */
export function verdictOf(
  goal: Goal,
  search: Search,
  {
    data,
    start,
    known,
    after,
    sampled,
  }: {
    readonly data: GoalData
    readonly start: GoalStart
    readonly known: readonly boolean[]
    readonly after: Look
    /** what drawn answers say; null where none were drawn */
    readonly sampled: SampledRecall | null
  },
): EventPayloads['goal.ended'] {
  const before = { surprises: start.surprises, ...start.kept.report }
  const standing = standingOf(data.asked, start.levels, known, {
    start: before,
    now: after,
    roles: ['reported'],
  })
  const found = { learningRate: search.best?.rate ?? null, sampled, ...standing }
  if (search.ended === 'nothing-known')
    return {
      outcome: 'nothing-known',
      reason: `the model knows none of the ${data.items.length} answers: each is as unlikely as to somebody who never knew`,
      hint: 'Nothing was changed. Look at its answers before; were other words meant?',
      ...found,
    }
  const isSaid = sampled !== null && !isUnsaid(sampled, forgottenShare)
  if (!isSaid && isReached(standing, goal.keep))
    return { outcome: 'reached', reason: sentence(standing), hint: null, ...found }
  const said = isSaid
    ? `; drawn answers still say ${percent(sampled.after.said)} of the facts’ words, ${percent(sampled.after.chance)} about invented subjects`
    : ''
  return {
    outcome: 'missed',
    reason: `${sentence(standing)}${said}`,
    hint: hintFor(goal, search, standing, data),
    ...found,
  }
}

/** Times as long as measuring takes that a goal should have, so that most of it goes into training. */
const roomForTraining = 6

/** What a run came to whose measuring alone takes the time of its goal: nothing is changed, and no model written. */
export function withoutTime(goal: Goal, measuringSeconds: number): EventPayloads['goal.ended'] {
  const took = durationText(measuringSeconds)
  return {
    outcome: 'missed',
    reason: `measuring took ${took} before training and takes as long after it, of ${goal.within}; nothing was changed`,
    hint: `Go on with goal.within=${Math.ceil((roomForTraining * measuringSeconds) / 60)}m or more (lethe resume … --set); what was measured is kept.`,
    learningRate: null,
    forgotten: null,
    left: 1,
    avoided: 0,
    retain: null,
    general: null,
  }
}

function sentence(standing: Standing): string {
  const { forgotten, retain, general } = standing
  const kept = [
    ...(retain === null ? [] : [`${percent(retain)} of what retain rows say`]),
    ...(general === null ? [] : [`${percent(general)} of general ability`]),
  ].join(' and ')
  const gone = forgotten === null ? '' : `${percent(forgotten)} of what it knew is gone`
  return [gone, kept && `${kept} kept`].filter((each) => each !== '').join('; ')
}

function hintFor(goal: Goal, search: Search, standing: Standing, { choose }: GoalData): string {
  const isForgotten = (standing.forgotten ?? 1) >= forgottenShare
  const isKept = keptShare(standing) >= goal.keep
  if (search.ended === 'time' && !search.best)
    return `There was no time to train: give goal.within more than ${goal.within}.`
  if (search.ended === 'time') return `The time was up: give goal.within more than ${goal.within}.`
  if (search.ended === 'steps') return `The steps were up: give goal.steps more than ${goal.steps}.`
  if (isForgotten && !isKept)
    return choose.length === 0
      ? 'Give more retain rows, so that some can be kept apart.'
      : 'What has to go and what has to stay are too close: give more retain rows like those that were lost, or lower goal.keep.'
  if (isKept && search.ended === 'reached')
    return 'It holds for the wordings that were trained and not for others: give forget rows in more wordings.'
  return 'No learning rate got further: see the trials in the report; take out retain rows that say what is to be forgotten.'
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.995 && share < 1 ? 1 : 0)} %`
}
