import { existsSync, rmSync } from 'node:fs'
import { createEngine } from '../engine/node.ts'
import { type Problem, UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import type { AnyRecipe } from '../recipe/read.ts'
import { reportFromRunFolder } from '../report/from-run-folder.ts'
import { type EventLog, openEventLog, readEvents } from '../run/event-log.ts'
import type { RunEvent } from '../run/events.ts'
import { pretrain } from '../run/pretrain.ts'
import { planRunEvaluation } from '../run/run-evaluation.ts'
import type { RunFolder } from '../run/run-folder.ts'
import type { RunOutcome } from '../run/training.ts'
import { unlearn } from '../run/unlearn.ts'
import { openTrackers } from '../track/open-trackers.ts'
import { runEvaluation, showEvaluation } from './evaluate.ts'
import { exitCode } from './exit-code.ts'
import { listenForInterrupts } from './interrupts.ts'
import { jsonEvents } from './json-events.ts'
import { createProgress } from './progress.ts'
import { summaryLines } from './summary.ts'
import type { Terminal } from './terminal.ts'

export interface ExecuteOptions {
  readonly loaded: AnyRecipe
  /** The resolved recipe as text. */
  readonly recipeText: string
  readonly folder: RunFolder
  readonly resume: boolean
  readonly terminal: Terminal
  readonly json: boolean
}

const trackHint = 'The run goes on; what could not be sent is tried again.'

const codes: Record<RunOutcome, number> = {
  finished: exitCode.done,
  interrupted: exitCode.interrupted,
  guard: exitCode.guard,
}

/**
 * Runs a recipe in its folder, showing what happens, and returns the exit code; then evaluates the model as the recipe says.
 *
 * Ctrl-C once saves what there is and stops after the step, or the rows, in progress; twice stops now.
 */
export async function execute(options: ExecuteOptions): Promise<number> {
  const { loaded, folder, resume, terminal, json } = options
  const evaluation =
    loaded.kind === 'unlearn' ? await planRunEvaluation(loaded.recipe, folder.path, terminal) : null
  const events = resume ? readEvents(folder.events) : []
  const code = events.at(-1)?.type === 'run.finished' ? endCode(events) : await train(options)
  if (!evaluation || code === exitCode.interrupted || !existsSync(folder.model)) return code
  const { task, references } = evaluation
  terminal.err.write(`evaluating on ${task.benchmark.id}\n`)
  if (!(await runEvaluation(task, terminal))) {
    if (!json) terminal.out.write(`records are kept; go on with: lethe resume ${folder.path}\n`)
    return exitCode.interrupted
  }
  if (!json) showEvaluation({ ...task, references }, terminal)
  return code
}

/** How a run that went to its end ended. */
function endCode(events: readonly RunEvent[]): number {
  return events.some(({ type }) => type === 'guard.tripped') ? exitCode.guard : exitCode.done
}

async function train(options: ExecuteOptions): Promise<number> {
  const { loaded, recipeText, folder, resume, terminal, json } = options
  const progress = createProgress(terminal.err)
  const listeners = json ? [progress.listen, jsonEvents(terminal)] : [progress.listen]
  const trackers = openTrackers(loaded.recipe.track, {
    folder,
    recipe: loaded.recipe,
    env: terminal.env,
    warn: (message) =>
      log.append({ type: 'warning', step: log.step(), code: 'track', message, hint: trackHint }),
  })
  listeners.push(...trackers.map(({ listen }) => listen))
  const log = announcing(openEventLog(folder.events, { runId: folder.name }), listeners)
  const interrupts = listenForInterrupts(
    terminal,
    'stopping after this step; the state will be saved.',
  )
  const engine = await createEngine()
  await writeFileAtomic(folder.pid, `${process.pid}\n`)
  try {
    const common = {
      recipeText,
      folder,
      log,
      engine,
      resume,
      stopRequested: interrupts.requested,
      clock: () => performance.now(),
      startedAt: new Date(readEvents(folder.events).at(0)?.ts ?? Date.now()),
    }
    const outcome =
      loaded.kind === 'unlearn'
        ? await unlearn({ ...common, recipe: loaded.recipe })
        : await pretrain({ ...common, recipe: loaded.recipe })
    if (loaded.kind === 'unlearn') await writeReport(folder)
    progress.close()
    if (!json) terminal.out.write(summaryLines(folder, loaded.kind, outcome))
    return codes[outcome]
  } catch (error) {
    const problems = error instanceof UserError ? [...error.problems] : []
    const message = error instanceof Error ? error.message : String(error)
    progress.close()
    recordFailure(log, message, problems)
    throw error
  } finally {
    engine.dispose()
    await Promise.all(trackers.map((tracker) => tracker.close()))
    interrupts.stop()
    log.close()
    rmSync(folder.pid, { force: true })
  }
}

async function writeReport(folder: RunFolder): Promise<void> {
  await writeFileAtomic(folder.report, reportFromRunFolder(folder.path))
}

/** The log itself may be what failed (a full disk); the first error is the one to show. */
function recordFailure(
  log: EventLog & { step(): number },
  message: string,
  problems: Problem[],
): void {
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
