import type { GgufOutcome } from '../job/export-gguf-job.ts'
import { arrowOf } from '../measure/direction.ts'
import { bytesText } from '../units.ts'

/** What an export to GGUF came to: every metric of the model and of the file, and where it is. */
export function ggufLines({ path, bytes, types, measured, stopped }: GgufOutcome): string {
  const lines: string[] = []
  if (measured) {
    const { before, after, directions } = measured.metrics
    const width = Math.max(...Object.keys(directions).map((key) => key.length))
    const number = (value: number | null | undefined) =>
      (value ?? Number.NaN).toFixed(3).padStart(7)
    lines.push(`${''.padEnd(width)}     model  in ${measured.type}`)
    for (const [key, direction] of Object.entries(directions))
      lines.push(
        `${key.padEnd(width)} ${arrowOf(direction)} ${number(before[key])}  ${number(after[key])}`,
      )
  }
  if (stopped) lines.push('stopped while it was measured; --replace writes and measures it anew')
  const tensors = Object.entries(types).map(([type, count]) => `${count} ${type}`)
  lines.push(`gguf  ${path}  (${bytesText(bytes)}; tensors ${tensors.join(', ')})`)
  return `${lines.join('\n')}\n`
}
