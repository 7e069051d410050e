import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { opCases } from '../../src/graph/testing/op-cases.ts'
import { isolatedPages } from '../../src/studio/playground.ts'
import { freePort } from '../helpers/free-port.ts'
import { chromium, needing } from '../helpers/needs.ts'
import { openBrowser } from './chromium.ts'

/** Chromium brings a graphics processor in software. */
const softwareAdapter = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
]

describe('engines of a page', needing(chromium), () => {
  let folder: string
  let server: Server
  let address: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lethe-engines-'))
    await build({
      configFile: resolve('web/vite.config.ts'),
      root: resolve('web/testing'),
      logLevel: 'warn',
      build: { outDir: folder, emptyOutDir: true },
    })
    const port = await freePort()
    address = `http://127.0.0.1:${port}/playground/`
    const app = new Hono().route('/playground', isolatedPages(folder))
    server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }) as Server
  }, 60_000)
  afterAll(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })

  test.each([
    ['wasm', []],
    ['webgpu', softwareAdapter],
  ] as const)(
    '%s: values and gradients are those of the float64 reference',
    async (backend, args) => {
      const browser = await openBrowser(args)
      const page = await browser.newPage()
      await page.goto(address)
      await page.waitForFunction(() => 'conform' in window)
      const { cases, differences } = await page.evaluate(
        (name) =>
          (
            window as unknown as {
              conform(name: string): Promise<{ cases: string[]; differences: string[] }>
            }
          ).conform(name),
        backend,
      )
      expect(cases.length).toBe(new Set(opCases.map(({ op }) => op)).size)
      expect(differences).toEqual([])
      await browser.close()
    },
    300_000,
  )
})
