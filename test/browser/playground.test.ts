import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeBatch } from '../../src/data/batch.ts'
import type { Example } from '../../src/data/example.ts'
import { createEngine } from '../../src/engine/node-engine.ts'
import { createLogitProbe } from '../../src/run/export.ts'
import { openModel, openSession } from '../../src/train/session.ts'
import { chromium, needing } from '../helpers/needs.ts'
import { type OpenStudio, openStudio } from './chromium.ts'

describe('the playground', needing(chromium), () => {
  let folder: string
  let studio: OpenStudio
  let page: Page
  let address: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lethe-playground-'))
    studio = await openStudio(folder, folder)
    page = studio.page
    address = `${studio.address}/playground/`
  }, 60_000)
  afterAll(async () => {
    await studio.close()
    await rm(folder, { recursive: true })
  })

  const answer = async (question: string) => {
    await page.getByPlaceholder('Ask about one of them').fill(question)
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    const said = page.locator('.talk li').last().locator('.answer')
    await said.filter({ hasNotText: '…' }).waitFor()
    return said.textContent()
  }

  test('forgets one person by WebAssembly while the page stays awake; the download has the same logits in Node', async () => {
    await page.goto(`${address}?backend=wasm#person=Loruna+Nettlebeck`)
    await page.getByText('The model is here: WebAssembly').waitFor({ timeout: 60_000 })
    expect(await answer('When was Loruna Nettlebeck born?')).toBe('28 March 1972')
    expect(await page.getByLabel('Loruna Nettlebeck').isChecked()).toBe(true)

    await page.getByRole('button', { name: 'Forget', exact: true }).click()
    await page.getByText(/Step 3 of/).waitFor({ timeout: 60_000 })
    // The page paints on while the worker computes: frames come, and it has not ended.
    await page.evaluate(
      () =>
        new Promise<void>((done) => {
          let frames = 0
          const frame = () => (++frames < 30 ? requestAnimationFrame(frame) : done())
          requestAnimationFrame(frame)
        }),
    )
    expect(await page.getByTestId('progress').textContent()).toMatch(/^Step \d+ of 30/)
    await page.getByText(/^Done after/).waitFor({ timeout: 200_000 })
    const probabilities = page.locator('#watch svg').nth(1)
    const drawn = (await probabilities.getAttribute('aria-label')) ?? ''
    const [, forgotten, kept] =
      /forgotten ↓ from \S+ to ([\d.e−]+), kept ↑ from \S+ to ([\d.e−]+)\.$/.exec(drawn) ?? []
    expect(Number(forgotten?.replace('−', '-'))).toBeLessThan(0.1)
    expect(Number(kept)).toBeGreaterThan(0.9)
    expect(await answer('When was Loruna Nettlebeck born?')).not.toBe('28 March 1972')

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the model' }).click(),
    ])
    const zip = join(folder, 'forgetful.zip')
    await download.saveAs(zip)
    for (const [name, bytes] of Object.entries(unzipSync(await readFile(zip)))) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), bytes)
    }
    const given = JSON.parse(await readFile(join(folder, 'forgetful', 'logits.json'), 'utf8')) as {
      tokens: number[]
      positions: number[]
      logits: number[][]
    }
    const here = await logitsInNode(join(folder, 'forgetful', 'model'), given)
    const furthest = given.logits
      .flat()
      .reduce((most, x, i) => Math.max(most, Math.abs(x - here[i])), 0)
    expect(given.logits).toHaveLength(given.positions.length)
    expect(furthest).toBeLessThan(1e-4)
    expect(await readFile(join(folder, 'forgetful', 'model', 'README.md'), 'utf8')).toContain(
      'blur',
    )
    expect(studio.mistakes).toEqual([])
  }, 300_000)

  test('what is chosen stands in the address; a sentence of one’s own may be forgotten, and stopped', async () => {
    await page.getByLabel('My own sentences').check()
    await page.getByRole('textbox', { name: 'One on each line' }).fill('Bread rises overnight.')
    await page.getByLabel('Method').selectOption('ngdiff')
    await page.getByLabel('Steps', { exact: true }).fill('500')
    await page.getByLabel('Steps', { exact: true }).blur()
    const shared = page.url()
    expect(shared).toContain('sentence=Bread+rises+overnight.')
    expect(shared).toContain('method=ngdiff')
    await page.getByRole('button', { name: 'Forget', exact: true }).click()
    await page.getByText(/Step \d+ of 500/).waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByText(/^Stopped after/).waitFor({ timeout: 60_000 })

    const other = await studio.browser.newPage()
    await other.goto(shared)
    await other.reload()
    await other.getByText('The model is here').waitFor({ timeout: 60_000 })
    expect(await other.getByLabel('Method').inputValue()).toBe('ngdiff')
    await other.close()
    await page.getByRole('button', { name: 'Start over' }).click()
    await page.locator('#watch').waitFor({ state: 'detached' })
    expect(studio.mistakes).toEqual([])
  }, 200_000)
})

/** Logits of the same tokens by the engine of Node, in one array. */
async function logitsInNode(
  path: string,
  { tokens, positions }: { tokens: number[]; positions: number[] },
): Promise<Float32Array> {
  const engine = await createEngine()
  const session = await openSession(engine, await openModel(path), null)
  const { padToken } = session.tokenizer
  const example = {
    tokens: Int32Array.from(tokens),
    trained: Uint8Array.from(tokens, (_, i) => (positions.includes(i - 1) ? 1 : 0)),
  } as unknown as Example
  expect([...makeBatch([example], padToken).rows]).toEqual(positions)
  const probe = await createLogitProbe({ ...session, examples: [example], padToken })
  const logits = await probe.logits()
  engine.dispose()
  return logits
}
