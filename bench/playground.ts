import { readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { nodeFolder } from '../src/checkpoint/node-folder.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { packageRoot } from '../src/files/package.ts'
import { playgroundFolder } from '../src/studio/playground.ts'
import { startStudio } from '../src/studio/server.ts'
import { openForgetter } from '../web/playground/forgetter.ts'
import { firstWish } from '../web/playground/wish.ts'

const wish = { ...firstWish, people: ['Loruna Nettlebeck'] }

/**
 * The playground's page against Node on the same model and the same wish: what is fetched, how long until the model is
 * there, how long a person takes, milliseconds a step (median). Needs the system's Chromium.
 */
export async function run(json: boolean): Promise<void> {
  const page = await inPage()
  const nodeStep = await inNode()
  const result = {
    ...sizes(),
    ...page,
    nodeStepMilliseconds: Math.round(nodeStep),
    pageOverNode: Number((page.pageStepMilliseconds / nodeStep).toFixed(2)),
  }
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else
    for (const [name, value] of Object.entries(result))
      process.stdout.write(`${name.padEnd(24)} ${value}\n`)
}

/** Bytes of the files that a page without WebGPU fetches, as they are and compressed as servers do. */
function sizes() {
  const folder = join(playgroundFolder, 'assets')
  const fetched = readdirSync(folder).filter((name) => !/asyncify|webgpu/.test(name))
  const scripts = fetched.filter((name) => /\.(m?js|css)$/.test(name))
  const gzipped = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0)
  return {
    fetchedBytes: fetched.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
    fetchedGzipBytes: gzipped(fetched),
    scriptGzipBytes: gzipped(scripts),
  }
}

async function inPage() {
  const port = 8791
  const studio = await startStudio({
    root: join(tmpdir(), 'lethe-none'),
    cwd: tmpdir(),
    env: {},
    host: '127.0.0.1',
    port,
    token: null,
  })
  const executablePath = process.env.LETHE_BROWSER ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const page = await browser.newPage()
  const started = performance.now()
  await page.goto(
    `http://127.0.0.1:${port}/playground/?backend=wasm#person=${wish.people[0].replace(' ', '+')}`,
  )
  const firstPaint = performance.now() - started
  await page.getByText('The model is here').waitFor()
  const modelThere = performance.now() - started
  await page.getByRole('button', { name: 'Forget', exact: true }).click()
  const clicked = performance.now()
  await page.getByText(/^Done after/).waitFor({ timeout: 600_000 })
  const forgetting = performance.now() - clicked
  const said = (await page.getByTestId('progress').textContent()) ?? ''
  await browser.close()
  await studio.close()
  return {
    firstPaintMilliseconds: Math.round(firstPaint),
    modelThereMilliseconds: Math.round(modelThere),
    forgettingSeconds: Number((forgetting / 1000).toFixed(1)),
    pageStepMilliseconds: Number(/(\d+) ms a step/.exec(said)?.[1]),
  }
}

async function inNode(): Promise<number> {
  const engine = await createEngine()
  const folder = await nodeFolder(join(packageRoot(), 'assets', 'lethe-tiny'))
  const forgetter = await openForgetter(engine, folder, {})
  const milliseconds: number[] = []
  await forgetter.forget(wish, {
    onStep: async (step) => void milliseconds.push(step.stepMilliseconds),
    onEvaluation: async () => {},
    stopRequested: () => false,
    clock: () => performance.now(),
  })
  engine.dispose()
  return milliseconds.sort((a, b) => a - b)[milliseconds.length >> 1]
}
