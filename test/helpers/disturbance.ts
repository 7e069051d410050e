import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cli } from './cli.ts'

/** What may come over a process; of a sweep or board it meets the one that the user has started, but where it says all. */
export const disturbances = [
  'SIGKILL',
  'SIGKILL of all',
  'SIGTERM',
  'SIGINT',
  'SIGINT twice',
  'SIGHUP',
  'closed stdout',
  'closed stderr',
  'full disk',
] as const

export interface Disturbance {
  readonly how: (typeof disturbances)[number] | 'nothing'
  /** number of the write that it comes at, from 1, in all processes of the command together */
  readonly at: number
  /** milliseconds after that; null: in the middle of it */
  readonly wait: number | null
}

export interface DisturbedRun {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly err: string
  /** writes that were made */
  readonly writes: number
}

/**
 * Runs `lethe` in a folder and disturbs it; done when none of its processes is left that has its output.
 *
 * @param notes a folder that is made, for counting
 */
export async function runDisturbed(
  cwd: string,
  args: readonly string[],
  notes: string,
  { how, at, wait }: Disturbance,
): Promise<DisturbedRun> {
  await mkdir(notes)
  const preload = pathToFileURL(resolve('test/helpers/disturb.mjs')).href
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: {
      ...process.env,
      NODE_OPTIONS: `--import ${preload}`,
      LETHE_DISTURB: JSON.stringify({ how, at, wait, folder: notes }),
    },
  })
  let err = ''
  child.stdout.resume()
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const poll = setInterval(() => {
    if (!existsSync(join(notes, 'now'))) return
    clearInterval(poll)
    closed(child, how)?.destroy()
  }, 1)
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done) =>
    child.on('close', (...ended) => done(ended)),
  )
  clearInterval(poll)
  const { length: writes } = await readFile(join(notes, 'writes')).catch(() => '')
  return { code, signal, err, writes }
}

function closed({ stdout, stderr }: ChildProcess, how: Disturbance['how']) {
  if (how === 'closed stdout') return stdout
  return how === 'closed stderr' ? stderr : null
}
