import { existsSync } from 'node:fs'
import { arrowOf } from '../measure/direction.ts'
import { readEvents } from '../run/event-log.ts'
import { readMetrics } from '../run/metrics-file.ts'
import type { RunFolder } from '../run/run-folder.ts'
import type { RunOutcome } from '../run/run-training.ts'
import { goalEnding } from './goal-ending.ts'
import { shownPath } from './shown-path.ts'

/** What a run came to, for stdout: metrics before and after with their direction, what became of a goal, and where things are. */
export function summaryLines(
  folder: RunFolder,
  kind: 'unlearn' | 'pretrain',
  { outcome, cwd }: { readonly outcome: RunOutcome; readonly cwd: string },
): string {
  const shown = (path: string) => shownPath(path, cwd)
  if (outcome === 'interrupted') return `stopped; go on with: lethe resume ${shown(folder.path)}\n`
  const lines: string[] = []
  if (kind === 'unlearn') {
    if (existsSync(folder.metrics)) lines.push(...metricLines(folder.metrics))
    lines.push(...goalEnding(readEvents(folder.events)))
  }
  if (outcome === 'guard') lines.push('a guard tripped: see above, and the report')
  if (existsSync(folder.model)) lines.push(`model  ${shown(folder.model)}`)
  if (existsSync(folder.report)) lines.push(`report ${shown(folder.report)}`)
  return `${lines.join('\n')}\n`
}

function metricLines(path: string): string[] {
  const { before, after, directions, intervals } = readMetrics(path)
  const width = Math.max(...Object.keys(directions).map((key) => key.length))
  const number = (value: number | null | undefined) => (value ?? Number.NaN).toFixed(3).padStart(7)
  const range = (key: string) => {
    const [low = null, high = null] = intervals.after[key] ?? []
    return low === null || high === null ? '' : `  (${low.toFixed(3)}–${high.toFixed(3)})`
  }
  return [
    `${''.padEnd(width)}    before    after`,
    ...Object.entries(directions).map(
      ([key, direction]) =>
        `${key.padEnd(width)} ${arrowOf(direction)} ${number(before[key])}  ${number(after[key])}${range(key)}`,
    ),
  ]
}
