import type { JobContext, Notice } from '../job/context.ts'
import { notesOf } from '../measure/benchmark.ts'
import type { StoredEvaluation } from '../measure/evaluation/stored-evaluation.ts'
import { benchmarkTable } from '../report/benchmark-table.ts'
import type { RunEvent } from '../run/events.ts'
import { everyTenth } from './every-tenth.ts'
import { recordsMovement } from './movement.ts'
import { createProgress } from './progress.ts'
import { summaryLines } from './run-summary.ts'
import { shownPath } from './shown-path.ts'
import type { Terminal } from './terminal.ts'

/** `json`: results are not written in words; `probes`: a line for each probe, look and saved state. */
export interface SaidOf {
  readonly json?: boolean
  readonly probes?: boolean
}

/** What is said of a job's notices, and of Ctrl-C while it is at them; results on stdout only without `json`. */
export function jobWords(
  terminal: Terminal,
  { json = false, probes = false }: SaidOf,
): { readonly tell: JobContext['tell']; readonly onInterrupt: () => string } {
  const { err, cwd } = terminal
  const out = { write: (text: string) => void (json || terminal.out.write(text)) }
  const progress = createProgress(err, { probes })
  const isTenth = everyTenth()
  let ifStopped = 'no other run will be begun.'
  const tell = (notice: Notice): void => {
    ifStopped = (notice.kind === 'event' ? inRun(notice.event) : stopping[notice.kind]) ?? ifStopped
    switch (notice.kind) {
      case 'event': {
        const { event } = notice
        // What was drawn of the steps before stays.
        if (event.type === 'run.failed') progress.close()
        progress.listen(event)
        if (json) terminal.out.write(`${JSON.stringify(event)}\n`)
        return
      }
      case 'training':
        err.write('opening the model …\n')
        return
      case 'timing':
        err.write('timing a few steps …\n')
        return
      case 'trained':
        progress.close()
        out.write(summaryLines(notice.folder, notice.recipe, { outcome: notice.outcome, cwd }))
        return
      case 'nothing-to-do':
        err.write(`${notice.path} is finished already; nothing to do\n`)
        return
      case 'evaluating':
        err.write(`evaluating on ${notice.benchmark}\n`)
        return
      case 'records': {
        progress.move(recordsMovement(notice.set, notice.set, notice))
        return
      }
      case 'evaluated':
        progress.close()
        if (!notice.evaluated)
          out.write(
            `records are kept; go on with: lethe resume ${shownPath(notice.folder.path, cwd)}\n`,
          )
        else if (!json) showEvaluation(notice.evaluated, notice.output, terminal)
        return
      case 'cell': {
        const { index, of, name, task } = notice
        err.write(`[${index + 1}/${of}] ${name}: ${tasks[task]}\n`)
        return
      }
      case 'stage':
        err.write(`stage ${notice.index + 1} of ${notice.of}, ${notice.name}\n`)
        return
      case 'progress':
        if (!notice.step || isTenth(notice.step)) err.write(`${notice.text}\n`)
        return
      case 'stage-stopped':
        err.write(
          notice.outcome === 'interrupted'
            ? `stopped in stage ${notice.name}; lethe resume ${notice.output} goes on\n`
            : `stage ${notice.name} was stopped; later stages were not begun\n`,
        )
        return
      case 'model':
        out.write(`model  ${shownPath(notice.path, cwd)}\n`)
        return
      case 'reference':
        err.write(
          `${notice.task === 'train' ? 'training' : 'evaluating'} the ${notice.name} model\n`,
        )
    }
  }
  return { tell, onInterrupt: () => ifStopped }
}

const keptRecords = 'stopping; records are kept.'

/** What a first Ctrl-C leads to, from such an event of a run on. */
function inRun(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'eval.started':
      return keptRecords
    case 'step':
      return event.step < event.totalSteps
        ? 'stopping after this step; the state will be saved.'
        : 'stopping before or after the export; the state is saved.'
    case 'run.finished':
      return 'the run is done; stopping.'
    default:
      return
  }
}

/** What a first Ctrl-C leads to, from such a notice on. */
const stopping: Partial<Record<Notice['kind'], string>> = {
  training: 'stopping before the first step.',
  measuring: keptRecords,
  stage: 'stopping after this stage.',
  cell: 'no other run will be begun.',
  reference: 'stopping after this model.',
}

const tasks: Record<Extract<Notice, { kind: 'cell' }>['task'], string> = {
  skip: 'ended before',
  resume: 'going on',
  run: 'running',
  replace: 'beginning again: nothing was saved',
  evaluate: 'evaluating',
}

/** The numbers of a complete evaluation, as a table with what to make of them. */
export function showEvaluation(
  { benchmark, results, warnings }: StoredEvaluation,
  output: string,
  { out, err }: Terminal,
): void {
  out.write(benchmarkTable(results))
  for (const warning of [...warnings, ...notesOf(benchmark)]) out.write(`note: ${warning}\n`)
  err.write(`records: ${output}\n`)
}
