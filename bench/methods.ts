import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { methods } from '../src/method/methods.ts'

interface MethodResult {
  id: string
  milliseconds: number
  peakBytes: number
  trained: number
}

/**
 * Steps per second and peak memory of each method relative to grad-diff, on the 9M shape with 8 forget and 8 retain sequences
 * of 64 tokens; and NPO with a second model in memory instead of cached scores.
 */
export async function run(json: boolean): Promise<void> {
  const baseline = measure('grad-diff')
  const rows = [...methods.keys()].map((id) => {
    process.stderr.write(`${id} …\n`)
    return measure(id)
  })
  const second = measure('npo', 'second-model')
  // Before and after, because a shared machine changes its speed.
  const again = measure('grad-diff')
  const milliseconds = Math.min(baseline.milliseconds, again.milliseconds)
  const all = [...rows, { ...second, id: 'npo, with a second model' }].map((row) => ({
    ...row,
    speed: milliseconds / row.milliseconds,
    extraBytes: row.peakBytes - baseline.peakBytes,
  }))
  if (json) {
    process.stdout.write(`${JSON.stringify({ baseline, again, rows: all })}\n`)
    return
  }
  process.stdout.write('| method | ms a step | steps per second of grad-diff | peak memory |\n')
  process.stdout.write('| --- | ---: | ---: | ---: |\n')
  for (const { id, milliseconds: own, speed, peakBytes } of all)
    process.stdout.write(
      `| ${id} | ${own.toFixed(0)} | ${speed.toFixed(2)}× | ${(peakBytes / 1e6).toFixed(0)} MB |\n`,
    )
}

function measure(id: string, mode?: 'second-model'): MethodResult {
  const file = fileURLToPath(new URL('./method-step.js', import.meta.url))
  const argv = [file, id, ...(mode ? [mode] : [])]
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' }))
}
