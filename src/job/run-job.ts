import { existsSync, rmSync } from 'node:fs'
import { createEngine } from '../engine/node-engine.ts'
import { type Problem, UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { holdFolder } from '../files/hold-folder.ts'
import { type AnyRecipe, readAnyRecipe } from '../recipe/read.ts'
import { reportFromRunFolder } from '../report/from-run-folder.ts'
import { type EventLog, openEventLog, readEvents } from '../run/event-log.ts'
import type { RunEvent } from '../run/events.ts'
import { pretrain } from '../run/pretrain-run.ts'
import { planRunEvaluation } from '../run/run-evaluation.ts'
import type { RunFolder } from '../run/run-folder.ts'
import { writeProcess } from '../run/run-process.ts'
import type { RunOutcome } from '../run/run-training.ts'
import { unlearn } from '../run/unlearn-run.ts'
import { openTrackers } from '../track/open-trackers.ts'
import { isWarning } from '../train/stop-conditions.ts'
import type { WorkContext } from './context.ts'
import { conclude, evaluate } from './evaluate-job.ts'

const trackHint = 'The run goes on; what could not be sent is tried again.'

/**
 * Performs the recipe in a run folder, or goes on with it from its latest state; then evaluates the model as the recipe says.
 *
 * @throws UserError for a recipe, data or a machine that it cannot be done with, and where another process works in the folder
 */
export function performRun(folder: RunFolder, context: WorkContext): Promise<RunOutcome> {
  return holdFolder(folder.path, () => trainAndEvaluate(folder, context))
}

async function trainAndEvaluate(folder: RunFolder, context: WorkContext): Promise<RunOutcome> {
  const { cwd, env, tell } = context
  const loaded = await readAnyRecipe(folder.recipe, {
    cwd,
    env,
    ...(context.registry && { registry: context.registry }),
  })
  const evaluation =
    loaded.kind === 'unlearn' ? await planRunEvaluation(loaded.recipe, folder.path, context) : null
  const events = readEvents(folder.events)
  const outcome =
    events.at(-1)?.type === 'run.finished'
      ? endOf(events)
      : await train(loaded, folder, events, context)
  if (!evaluation || outcome === 'interrupted' || !existsSync(folder.model)) return outcome
  const { task, references, kinds } = evaluation
  tell({ kind: 'evaluating', benchmark: task.benchmark.id })
  const complete = await evaluate(task, context)
  const evaluated = complete ? await conclude(task, references, { cwd, kinds }) : null
  tell({ kind: 'evaluated', folder, output: task.output, evaluated })
  return complete ? outcome : 'interrupted'
}

/** How a run that went to its end ended. */
export function endOf(events: readonly RunEvent[]): RunOutcome {
  if (events.some((event) => event.type === 'guard.tripped' && !isWarning(event))) return 'guard'
  const goal = events.findLast((event) => event.type === 'goal.ended')
  return goal?.outcome === 'missed' ? 'missed' : 'finished'
}

async function train(
  loaded: AnyRecipe,
  folder: RunFolder,
  before: readonly RunEvent[],
  { env, registry, tell, stopRequested }: WorkContext,
): Promise<RunOutcome> {
  const trackers = openTrackers(loaded.recipe.track, {
    folder,
    recipe: loaded.recipe,
    env,
    warn: (message) =>
      log.append({ type: 'warning', step: log.step(), code: 'track', message, hint: trackHint }),
  })
  const log = announcing(openEventLog(folder.events, { runId: folder.name }), [
    (event) => tell({ kind: 'event', event }),
    ...trackers.map(({ listen }) => listen),
  ])
  tell({ kind: 'training' })
  const engine = await createEngine()
  await writeProcess(folder)
  try {
    const options = {
      recipeText: readBoundedText(folder.recipe),
      folder,
      log,
      engine,
      stopRequested,
      ...(registry && { registry }),
      clock: () => performance.now(),
      startedAt: new Date(before.at(0)?.ts ?? Date.now()),
    }
    const outcome =
      loaded.kind === 'unlearn'
        ? await unlearn(loaded.recipe, options)
        : await pretrain(loaded.recipe, options)
    if (loaded.kind === 'unlearn')
      await writeFileAtomic(folder.report, reportFromRunFolder(folder.path))
    tell({ kind: 'trained', folder, recipe: loaded.kind, outcome })
    return outcome
  } catch (error) {
    recordFailure(log, error)
    throw error
  } finally {
    engine.dispose()
    await Promise.all(trackers.map((tracker) => tracker.close()))
    log.close()
    rmSync(folder.pid, { force: true })
  }
}

/** The log itself may be what failed (a full disk); the first error is the one to show. */
function recordFailure(log: EventLog & { step(): number }, error: unknown): void {
  const problems: Problem[] = error instanceof UserError ? [...error.problems] : []
  const message = error instanceof Error ? error.message : String(error)
  try {
    log.append({ type: 'run.failed', step: log.step(), message, problems })
  } catch {
    // The caller throws the error that came first.
  }
}

function announcing(
  log: EventLog,
  listeners: readonly ((event: RunEvent) => void)[],
): EventLog & { step(): number } {
  let step = 0
  return {
    runId: log.runId,
    step: () => step,
    append(event) {
      const stored = log.append(event)
      step = stored.step
      for (const listen of listeners) listen(stored)
      return stored
    },
    close: () => log.close(),
  }
}
