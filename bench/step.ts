import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { benchShapes } from './shapes.ts'

/** What one shape's process prints. */
export interface ShapeResult {
  name: string
  milliseconds: number
  gflops: number
  peakGflops: number
  shareOfPeak: number
  blurStepMilliseconds: number | null
  peakBytes: number
}

/** Runs one shape in a process of its own. */
export function measureShape(name: string, mode: 'full' | 'gradient' | 'lora'): ShapeResult {
  const file = fileURLToPath(new URL('./step-shape.js', import.meta.url))
  return JSON.parse(execFileSync(process.execPath, [file, name, mode], { encoding: 'utf8' }))
}

/** Forward + backward and a whole BLUR step of each shape, against the machine's own matrix-product peak. */
export async function run(json: boolean): Promise<void> {
  const shapes = benchShapes.map(({ name }) => {
    process.stderr.write(`${name} …\n`)
    return measureShape(name, 'full')
  })
  const peakGflops = Math.max(...shapes.map((shape) => shape.peakGflops))
  if (json) {
    const rows = shapes.map(({ peakGflops: _, ...shape }) => shape)
    process.stdout.write(`${JSON.stringify({ peakGflops, shapes: rows })}\n`)
    return
  }
  process.stdout.write(`matrix-product peak ${peakGflops.toFixed(0)} GFLOPS\n`)
  for (const { name, milliseconds, shareOfPeak, blurStepMilliseconds, peakBytes } of shapes)
    process.stdout.write(
      `${name.padEnd(5)} ${milliseconds.toFixed(0)} ms, ${(100 * shareOfPeak).toFixed(0)} % of peak; BLUR step ${((blurStepMilliseconds ?? Number.NaN) / milliseconds).toFixed(2)}×; peak ${(peakBytes / 1e6).toFixed(0)} MB\n`,
    )
}
