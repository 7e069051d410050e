import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { UserError } from '../../error.ts'
import { wholeNumber } from '../arguments.ts'
import type { CommandModule } from './command.ts'

const help = `
Pages over the run folders below a folder: a table of runs, each run's report as it goes, answers side by
side, comparisons, a form for new runs, a playground in which a model forgets in the browser; and the same
as REST with events as they come (/api/openapi.json). Works on finished runs alone.
It listens to this machine only; for another --host it asks for a token, which it prints.

Examples:
  $ lethe studio
  $ lethe studio runs/sweep --port 9000 --no-open
  $ lethe studio bundle runs/sweep --output site`

interface Flags {
  port: number
  host: string
  open: boolean
}

export const command: CommandModule = {
  define(command, terminal) {
    command
      .command('bundle')
      .description('Write a static site of the runs, for any file server.')
      .argument('[runs]', 'The folder with the run folders.', 'runs')
      .option('--output <folder>', 'Where the site goes.', 'site')
      .action(async (runs: string, { output }: { output: string }) => {
        const { writeBundle } = await import('../../studio/bundle.ts')
        const { cwd, out, err } = terminal
        const made = await writeBundle(resolve(cwd, runs), resolve(cwd, output))
        out.write(`${made.runs} runs in ${output}/index.html\n`)
        if (made.notCompared) err.write(`without a comparison: ${made.notCompared}\n`)
      })
    command
      .argument('[runs]', 'The folder with the run folders.', 'runs')
      .option('--port <number>', 'Where to listen.', wholeNumber(1), 8765)
      .option('--host <address>', 'Which address to listen on.', '127.0.0.1')
      .option('--no-open', 'Do not open a browser.')
      .addHelpText('after', help)
      .action(async (runs: string, { port, host, open }: Flags) => {
        const { startStudio } = await import('../../studio/server.ts')
        const { isLoopback } = await import('../../studio/access.ts')
        const { reachedAt } = await import('../../studio/addresses.ts')
        const { cwd, env, err } = terminal
        const token = isLoopback(host)
          ? null
          : (env.LETHE_TOKEN ?? randomBytes(24).toString('base64url'))
        const root = resolve(cwd, runs)
        const studio = await startStudio({ root, cwd, env, host, port, token }).catch(
          (error: NodeJS.ErrnoException) => {
            if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error
            throw new UserError({
              code: 'no-port',
              path: '--port',
              expected: 'a port that is free',
              got: `${port}: ${error.code}`,
              hint: `Choose another: --port ${port + 1}`,
            })
          },
        )
        const address = reachedAt(host, port)
        const link = token === null ? address : `${address}?token=${token}`
        err.write(`studio over ${runs}: ${link}\nCtrl-C ends it; runs go on.\n`)
        if (open) openBrowser(link)
        await new Promise<void>((done) => {
          process.once('SIGINT', done)
          process.once('SIGTERM', done)
        })
        await studio.close()
      })
  },
}

/** Does nothing where there is no browser to open. */
function openBrowser(link: string): void {
  const [program, ...first] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open']
  const child = spawn(program, [...first, link], { detached: true, stdio: 'ignore' })
  child.on('error', () => {})
  child.unref()
}
