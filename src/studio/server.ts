import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { access, isLoopback } from './access.ts'
import { createApi } from './api.ts'
import type { LaunchOptions } from './launch.ts'
import { createPages } from './pages.ts'
import { isolatedPages, playgroundFolder } from './playground.ts'
import { createRunList } from './run-list.ts'

export interface StudioOptions extends LaunchOptions {
  readonly host: string
  readonly port: number
  /** null: none; only where the host is this machine alone */
  readonly token: string | null
}

/** Creates the studio's routes, without listening. */
export function createStudio(options: StudioOptions): Hono {
  if (options.token === null && !isLoopback(options.host))
    throw new Error('internal: expected a token for a host that others reach')
  const app = new Hono()
  app.use(access(options))
  const runs = createRunList(options.root)
  app.route('/api', createApi(options, runs))
  app.get('/playground', (context) => context.redirect('/playground/'))
  app.route('/playground', isolatedPages(playgroundFolder))
  app.route('/', createPages(options, runs))
  return app
}

/** Listens until closed. */
export function startStudio(options: StudioOptions): Promise<{ close(): Promise<void> }> {
  return new Promise((done, fail) => {
    const server = serve(
      { fetch: createStudio(options).fetch, hostname: options.host, port: options.port },
      () =>
        done({
          close: () =>
            new Promise((closed) => {
              server.close(() => closed())
              // Streams that are still open would hold it.
              if ('closeAllConnections' in server) server.closeAllConnections()
            }),
        }),
    )
    server.on('error', fail)
  })
}
