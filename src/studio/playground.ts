import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { packageRoot } from '../files/package.ts'

/** The folder into which the build puts the playground. */
export const playgroundFolder = join(packageRoot(), 'dist', 'playground')

/** A folder of pages, isolated from other pages, which is what their threads need. */
export function isolatedPages(folder: string): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    context.header('cross-origin-opener-policy', 'same-origin')
    context.header('cross-origin-embedder-policy', 'require-corp')
    await next()
  })
  if (existsSync(folder))
    app.use(
      serveStatic({
        root: folder,
        rewriteRequestPath: (path) => path.replace(/^\/playground/, ''),
      }),
    )
  return app
}
