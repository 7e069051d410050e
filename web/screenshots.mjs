// Pictures of every page at both widths: npm run build && node web/screenshots.mjs
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { startStudio } from '../dist/src/studio/server.js'

const target = resolve('docs/screenshots')
mkdirSync(target, { recursive: true })
const root = mkdtempSync(join(tmpdir(), 'lethe-screenshots-'))
const long = 'a-run-with-a-long-name-as-scripts-make-them-seed-3-learning-rate-0.0003'
const demo = (name, ...sets) =>
  spawnSync(
    process.execPath,
    [
      resolve('dist/src/cli/main.js'),
      'demo',
      ...['evaluate.limit=60', `output=runs/${name}`, ...sets].flatMap((set) => ['--set', set]),
    ],
    { cwd: root, stdio: 'ignore' },
  )
demo('blur')
demo(long, 'method={id: npo}', 'train.epochs=6')
demo('broken', 'train.learningRate=1', 'train.epochs=1')

const port = 8765
const options = { cwd: root, env: process.env, host: '127.0.0.1', token: null }
const studio = await startStudio({ ...options, root: join(root, 'runs'), port })
const empty = await startStudio({ ...options, root: join(root, 'none'), port: port + 1 })
const data = {
  model: resolve('assets/lethe-tiny'),
  'forget.path': resolve('assets/demo/forget.jsonl'),
  'retain.path': resolve('assets/demo/retain.jsonl'),
}
const at = (path) => `http://127.0.0.1:${port}${path}`
const pages = {
  runs: at('/'),
  'no-runs': `http://127.0.0.1:${port + 1}/`,
  run: at('/runs/blur'),
  'run-curves': at('/runs/blur?scale=log#curves'),
  'failed-run': at('/runs/broken'),
  answers: at(`/runs/blur/samples?change=changed&beside=${long}`),
  compare: at(`/compare?run=blur&run=${long}`),
  'new-run': at(`/new?${new URLSearchParams(data)}`),
  'new-run-incomplete': at('/new'),
  methods: at('/methods'),
}

const browser = await chromium.launch({
  executablePath: process.env.LETHE_BROWSER ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
const widths = [
  { width: 1600, height: 1100 },
  { width: 380, height: 820 },
]
const shoot = (page, name, width) =>
  page.screenshot({ path: join(target, `${name}-${width}.jpg`), type: 'jpeg', quality: 80 })
for (const viewport of widths) {
  for (const [name, address] of Object.entries(pages)) {
    const page = await browser.newPage({ viewport })
    await page.goto(address)
    await shoot(page, name, viewport.width)
    await page.close()
  }
  const dark = await browser.newPage({ viewport, colorScheme: 'dark' })
  await dark.goto(pages.run)
  await shoot(dark, 'run-dark', viewport.width)
  await dark.close()

  const page = await browser.newPage({ viewport })
  await page.goto(at('/playground/?backend=wasm#person=Loruna+Nettlebeck'))
  await page.getByText('The model is here').waitFor({ timeout: 60_000 })
  await shoot(page, 'playground', viewport.width)
  await page.getByRole('button', { name: 'Forget', exact: true }).click()
  await page.getByText(/^Done after/).waitFor({ timeout: 300_000 })
  await page
    .locator('#watch')
    .evaluate((section) => section.scrollIntoView({ behavior: 'instant' }))
  await shoot(page, 'playground-forgetting', viewport.width)
  await page.close()
}
await browser.close()
await studio.close()
await empty.close()
rmSync(root, { recursive: true })
process.exit(0)
