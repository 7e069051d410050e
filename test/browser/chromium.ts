import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The system's Chromium; where there is none, tests of pages skip. */
export const browserPath = [process.env.LETHE_BROWSER ?? '', ...places].find(existsSync)

/** What stands in the name of a suite that needs a browser. */
export const needsBrowser = browserPath
  ? ''
  : ' (skipped: no Chromium here; install it, or name it in LETHE_BROWSER)'

export function openBrowser(args: readonly string[] = []): Promise<Browser> {
  if (!browserPath) throw new Error('internal: no browser')
  // Root, as in a container, has no sandbox.
  return chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', ...args] })
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })
}
