import { join } from 'node:path'
import type { IgnoranceLevel } from '../../goal/ignorance.ts'
import { ignoranceLevels, knowledgeOf, levelsByRow } from '../../goal/levels.ts'
import { sampledPlaces } from '../../goal/recall.ts'
import { knownAnswers } from '../../goal/standing.ts'
import { createMeasurer } from '../../measure/score/measurer.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import type { Goal } from '../../recipe/section/goal-section.ts'
import { openModel, openSession } from '../../train/session.ts'
import { encodingOf } from '../data-reading.ts'
import type { OpenedUnlearning } from '../open-unlearning.ts'
import type { RunOptions } from '../run-options.ts'
import { requireSameTokenizer } from '../same-tokenizer.ts'
import { drawnAt } from './drawn-recall.ts'
import { type GeneralRows, isGuessed } from './general-rows.ts'
import { type GoalData, otherQuestions } from './goal-data.ts'
import { lookAt } from './look.ts'
import { type GoalStart, readGoalStart, writeGoalStart } from './start-file.ts'

/**
 * Finds what the starting model knows, what ignorance would be, and what there is to keep; once in a run.
 *
 * @returns null where it was stopped
 */
export async function goalStart(
  recipe: Recipe,
  goal: Goal,
  {
    run,
    general,
    options,
  }: {
    readonly run: OpenedUnlearning & { readonly data: GoalData }
    readonly general: GeneralRows
    readonly options: RunOptions
  },
): Promise<GoalStart | null> {
  const path = join(options.folder.goal, 'start.json')
  const known = readGoalStart(path)
  if (known) return known
  const { data, measurer } = run
  const { log, stopRequested } = options
  const context = { measurer, stopRequested }
  log.append({ type: 'phase', step: 0, what: 'asking' })
  const levels = await levelsFor(recipe, goal, run, options)
  const choose =
    levels &&
    (await lookAt(
      data,
      ['trained', 'chosen', 'reported'],
      { retain: data.choose, general: general.choose },
      context,
    ))
  const report =
    choose && (await lookAt(data, [], { retain: data.report, general: general.report }, context))
  if (!levels || !choose || !report) return null
  const guesses = isGuessed(report.general ?? [])
  const kept = ({ retain, general }: typeof report) => ({
    retain,
    general: guesses ? null : general,
  })
  const asked = {
    levels,
    surprises: choose.surprises.map((each) => each ?? 0),
    kept: { choose: kept(choose), report: kept(report) },
  }
  const places = sampledPlaces(
    data.asked,
    knownAnswers(data.asked, levels, asked),
    recipe.train.seed,
  )
  if (places.length > 0) log.append({ type: 'phase', step: 0, what: 'drawing' })
  const drawn = await drawnAt(places, recipe, run, stopRequested)
  if (!drawn) return null
  const start: GoalStart = { ...asked, sampled: places.length > 0 ? { places, ...drawn } : null }
  await writeGoalStart(path, start)
  return start
}

async function levelsFor(
  recipe: Recipe,
  { neverTrained }: Goal,
  { data, session, measurer }: OpenedUnlearning & { readonly data: GoalData },
  { engine, startedAt, stopRequested }: RunOptions,
): Promise<IgnoranceLevel[] | null> {
  if (!neverTrained)
    return ignoranceLevels(data.asked, data.items.length, otherQuestions(data), {
      tokenizer: session.tokenizer,
      encoding: encodingOf(recipe.forget, session.model),
      scorer: measurer.scorer,
      seed: recipe.train.seed,
      stopRequested,
    })
  const opened = await openModel(neverTrained, startedAt)
  const { prompt, answer } = data.items[0]
  requireSameTokenizer(neverTrained, prompt + answer, session, opened)
  const ignorant = await createMeasurer(await openSession(engine, opened, null))
  try {
    const found = await knowledgeOf(data.facts, ignorant.scorer, stopRequested)
    return found && levelsByRow(data.asked, found, data.items.length)
  } finally {
    ignorant.dispose()
  }
}
