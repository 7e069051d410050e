import { type Browser, chromium, type Page } from 'playwright-core'
import { startStudio } from '../../src/studio/server.ts'
import { freePort } from '../helpers/free-port.ts'
import { browserPath, chromium as need } from '../helpers/needs.ts'

export function openBrowser(args: readonly string[] = []): Promise<Browser> {
  if (!browserPath) throw new Error(`these tests need ${need.what}`)
  // Root, as in a container, has no sandbox.
  return chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', ...args] })
}

/** A studio over a runs folder with a page of a browser, and what went wrong on the page. */
export interface OpenStudio {
  /** `http://127.0.0.1:…` */
  readonly address: string
  readonly browser: Browser
  readonly page: Page
  readonly mistakes: readonly string[]
  close(): Promise<void>
}

/** @param cwd what relative paths of recipes start from */
export async function openStudio(root: string, cwd: string): Promise<OpenStudio> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const options = { root, cwd, env: process.env, host: '127.0.0.1', port, token: null }
  const studio = await startStudio(options)
  const browser = await openBrowser()
  const page = await browser.newPage()
  const mistakes: string[] = []
  page.on('pageerror', ({ message }) => mistakes.push(message))
  page.on('console', (line) => line.type() === 'error' && mistakes.push(line.text()))
  return {
    address,
    browser,
    page,
    mistakes,
    async close() {
      await browser.close()
      await studio.close()
    },
  }
}
