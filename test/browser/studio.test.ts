import { cp, mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine } from '../../src/engine/node-engine.ts'
import { runRecipe, tinyRecipe } from '../../src/run/testing/tiny-run.ts'
import { writeBundle } from '../../src/studio/bundle.ts'
import { freePort } from '../helpers/free-port.ts'
import { chromium, needing } from '../helpers/needs.ts'
import { type OpenStudio, openStudio } from './chromium.ts'

describe('the studio in a browser', needing(chromium), () => {
  let root: string
  let runs: string
  let studio: OpenStudio
  let page: Page
  let address: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'lethe-studio-page-'))
    runs = join(root, 'runs')
    const engine = await createEngine()
    for (const id of ['blur', 'npo']) {
      const recipe = await tinyRecipe(runs, id, { method: { id }, train: { epochs: 1 } })
      await runRecipe(engine, recipe)
      await cp(recipe, join(runs, id, 'recipe.yaml'))
    }
    engine.dispose()
    studio = await openStudio(runs, root)
    ;({ page, address } = studio)
  }, 120_000)
  afterAll(async () => {
    await studio.close()
    await rm(root, { recursive: true })
  })

  test('starts the demo from the form, which shows its recipe and its plan; a reload in the middle loses nothing', async () => {
    await page.goto(`${address}/`)
    await page.getByRole('link', { name: 'New run' }).click()
    await page.getByText('What is missing').waitFor()
    expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
    const fill = async (name: string, value: string) => {
      await page.locator(`[name="${name}"]`).fill(value)
      await page.locator(`[name="${name}"]`).blur()
    }
    await fill('model', resolve('assets/lethe-tiny'))
    await fill('forget.path', resolve('assets/demo/forget.jsonl'))
    await fill('retain.path', resolve('assets/demo/retain.jsonl'))
    await fill('output', 'runs/from-the-page')
    await fill('train.epochs', '3')
    await fill('train.batchSize', '16')
    await page.locator('details', { hasText: 'more of evaluate' }).locator('summary').click()
    await fill('evaluate.limit', '16')
    await page.getByText('24, 8 an epoch').waitFor()
    expect(await page.locator('#preview pre').textContent()).toContain('output: runs/from-the-page')
    // What is typed stands in the address.
    await page.reload()
    expect(await page.locator('[name="train.epochs"]').inputValue()).toBe('3')
    await page.getByText('24, 8 an epoch').waitFor()

    await page.getByRole('button', { name: 'Start' }).click()
    await page.waitForURL(/runs\/from-the-page$/)
    await page.getByText(/step \d+ of 24/).waitFor({ timeout: 60_000 })
    await page.reload()
    await page.getByText(/step \d+ of 24/).waitFor({ timeout: 60_000 })
    // Nobody reloads: the page follows the log.
    await page.locator('.state-finished').waitFor({ timeout: 120_000 })
    await page.locator('#answers').waitFor()
    expect(await page.locator('#curves figure').count()).toBeGreaterThanOrEqual(4)
    expect(await page.locator('#trained-tokens .trained').count()).toBeGreaterThan(0)
    expect(studio.mistakes).toEqual([])
  }, 240_000)

  test('compares two runs from the table, with their answers side by side', async () => {
    await page.goto(`${address}/?q=npo`)
    expect(page.url()).toContain('q=npo')
    expect(await page.getByText('1 of 3').count()).toBe(1)
    await page.goto(`${address}/`)
    for (const id of ['blur', 'npo']) await page.getByLabel(`Compare ${id}`).check()
    await page.getByRole('button', { name: 'Compare the chosen' }).click()
    await page.getByRole('heading', { name: '2 runs' }).waitFor()
    expect(await page.locator('#pareto svg').getAttribute('aria-label')).toContain('blur')
    await page.getByRole('link', { name: 'Answers of blur beside npo' }).click()
    await page.getByRole('heading', { name: 'Answers of blur' }).waitFor()
    const all = await page.locator('table.samples tbody tr').count()
    await page.getByLabel('Set').selectOption('forget')
    await page.getByRole('button', { name: 'Show' }).click()
    const forget = await page.locator('table.samples tbody tr').count()
    expect(forget).toBeGreaterThan(0)
    expect(forget).toBeLessThan(all)
    expect(page.url()).toContain('beside=npo')
    expect(studio.mistakes).toEqual([])
  }, 60_000)

  test('pauses a run, which saves its state, resumes it, and stops it at once', async () => {
    const values = {
      model: resolve('assets/lethe-tiny'),
      'forget.path': resolve('assets/demo/forget.jsonl'),
      'retain.path': resolve('assets/demo/retain.jsonl'),
      'train.steps': '5000',
      'evaluate.limit': '8',
      output: 'runs/long',
    }
    await page.goto(`${address}/new?${new URLSearchParams(values).toString()}`)
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByText(/step \d+ of 5000/).waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.locator('.state-paused').waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.locator('.state-running').waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Stop now' }).click()
    await page.locator('.state-interrupted').waitFor({ timeout: 60_000 })
    expect(studio.mistakes).toEqual([])
  }, 240_000)

  test('is reachable by keyboard, and fits a narrow page', async () => {
    await page.goto(`${address}/`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Runs')
    const narrow = await studio.browser.newPage({ viewport: { width: 380, height: 800 } })
    for (const path of [
      '/',
      '/new',
      '/methods',
      '/runs/blur',
      '/runs/blur/samples',
      '/compare?run=blur&run=npo',
    ]) {
      await narrow.goto(`${address}${path}`)
      const overflow = await narrow.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      )
      expect([path, overflow]).toEqual([path, 0])
    }
    await narrow.close()
  }, 60_000)

  test('a bundle opens from a file server, without the studio', async () => {
    const site = join(root, 'site')
    await writeBundle(runs, site)
    const port = await freePort()
    const app = new Hono().use(serveStatic({ root: site }))
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }) as Server
    await page.goto(`http://127.0.0.1:${port}/index.html`)
    await page.getByRole('link', { name: 'npo' }).click()
    await page.locator('#metrics').waitFor()
    await page.getByRole('link', { name: 'Answers' }).click()
    await page.locator('table.samples').waitFor()
    await page.getByRole('link', { name: 'Runs' }).click()
    await page.getByRole('heading', { name: 'Runs' }).waitFor()
    server.close()
    expect(studio.mistakes).toEqual([])
  }, 60_000)
})
