import { existsSync } from 'node:fs'
import { arrowOf } from '../measure/direction.ts'
import { readMetrics } from '../run/metrics-file.ts'
import type { RunFolder } from '../run/run-folder.ts'
import type { RunOutcome } from '../run/run-training.ts'

/** What a run came to, for stdout: metrics before and after with their direction, and where things are. */
export function summaryLines(
  folder: RunFolder,
  kind: 'unlearn' | 'pretrain',
  outcome: RunOutcome,
): string {
  if (outcome === 'interrupted') return `stopped; go on with: lethe resume ${folder.path}\n`
  const lines: string[] = []
  if (kind === 'unlearn' && existsSync(folder.metrics)) {
    const { before, after, directions } = readMetrics(folder.metrics)
    const width = Math.max(...Object.keys(directions).map((key) => key.length))
    const number = (value: number | null | undefined) =>
      (value ?? Number.NaN).toFixed(3).padStart(7)
    lines.push(`${''.padEnd(width)}    before    after`)
    for (const [key, direction] of Object.entries(directions))
      lines.push(
        `${key.padEnd(width)} ${arrowOf(direction)} ${number(before[key])}  ${number(after[key])}`,
      )
  }
  if (outcome === 'guard') lines.push('a guard tripped: see above, and the report')
  if (existsSync(folder.model)) lines.push(`model  ${folder.model}`)
  if (existsSync(folder.report)) lines.push(`report ${folder.report}`)
  return `${lines.join('\n')}\n`
}
