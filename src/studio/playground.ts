import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { packageRoot } from '../package.ts'

/** Where the build puts the playground. */
export const playgroundFolder = join(packageRoot(), 'dist', 'playground')

/** The playground's files, isolated from other pages, which is what its threads need. */
export function createPlayground(): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    context.header('cross-origin-opener-policy', 'same-origin')
    context.header('cross-origin-embedder-policy', 'require-corp')
    await next()
  })
  if (existsSync(playgroundFolder))
    app.use(
      serveStatic({
        root: playgroundFolder,
        rewriteRequestPath: (path) => path.replace(/^\/playground/, ''),
      }),
    )
  return app
}
