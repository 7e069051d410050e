import type { ComparedRun } from './compared-run.ts'

/** Runs that differ in their seed only. */
export interface RunGroup {
  /** By what sets it apart from the others: `method.id npo`. */
  readonly name: string
  readonly runs: readonly ComparedRun[]
  /** The settings that are not the same in all groups, by path. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** Settings that name or repeat a run and do not change what it does. */
const passedOver = new Set(['train.seed', 'output', 'train.saveEvery', 'train.keepStates'])
/** What is measured when a run has ended changes nothing of it either. */
const isPassedOver = (path: string) =>
  passedOver.has(path) || /^evaluate\.benchmark(\.|$)/.test(path)

/** Paths whose values are not the same in all runs, in the order in which they are first met. */
export function differingPaths(runs: readonly ComparedRun[]): string[] {
  const paths = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))]
  return paths.filter((path) => {
    if (isPassedOver(path)) return false
    return new Set(runs.map(({ settings }) => JSON.stringify(settings[path]))).size > 1
  })
}

/** Puts runs of equal settings together, in the order of their first run. */
export function groupRuns(runs: readonly ComparedRun[]): RunGroup[] {
  const paths = differingPaths(runs)
  const groups = new Map<string, { runs: ComparedRun[]; settings: Record<string, unknown> }>()
  for (const run of runs) {
    const settings = Object.fromEntries(paths.map((path) => [path, run.settings[path]]))
    const key = JSON.stringify(settings)
    const group = groups.get(key) ?? { runs: [], settings }
    group.runs.push(run)
    groups.set(key, group)
  }
  const all = [...groups.values()]
  return all.map((group) => ({ ...group, name: nameOf(group.settings, all) }))
}

/** The method, and whatever else tells groups of one method apart. */
function nameOf(
  settings: Readonly<Record<string, unknown>>,
  all: readonly { settings: Readonly<Record<string, unknown>>; runs: readonly ComparedRun[] }[],
): string {
  const own = all.find((group) => group.settings === settings)
  const method = String(own?.runs[0].settings['method.id'] ?? own?.runs[0].name)
  const namesakes = all.filter(({ runs }) => runs[0].settings['method.id'] === method)
  if (namesakes.length < 2) return method
  const telling = Object.keys(settings).filter(
    (path) => new Set(namesakes.map((group) => JSON.stringify(group.settings[path]))).size > 1,
  )
  const rest = telling.map((path) => `${path.replace(/^.*\./, '')} ${valueText(settings[path])}`)
  return [method, ...rest].join(', ')
}

export function valueText(value: unknown): string {
  if (value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
