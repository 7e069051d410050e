import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { writeFileAtomic } from '../files/atomic.ts'
import type { RunFolder } from './run-folder.ts'

/** The process that works on a run: its number is soon another's, with its start it is one for good. */
interface RunProcess {
  readonly pid: number
  /** See {@link startOf}. */
  readonly started: string
  /** The folder, so that a copy of it names nobody. */
  readonly folder: string
}

/** Writes into a run folder that this process works on it. */
export async function writeProcess({ pid: file, path }: RunFolder): Promise<void> {
  const { pid } = process
  const own: RunProcess = { pid, started: startOf(pid) ?? '', folder: realpathSync(path) }
  await writeFileAtomic(file, `${JSON.stringify(own)}\n`)
}

/** The number of the process that works on a run; null where none does, or the number is another program's by now. */
export function processOf({ pid: file, path }: RunFolder): number | null {
  if (!existsSync(file)) return null
  let own: Partial<RunProcess> | null
  try {
    own = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
  const { pid, started, folder } = own ?? {}
  if (!Number.isSafeInteger(pid) || (pid as number) < 2 || folder !== realpathSync(path))
    return null
  return started && startOf(pid as number) === started ? (pid as number) : null
}

/** When a process began, in words of the system that are another's never; null where it has ended. */
function startOf(pid: number): string | null {
  if (process.platform === 'linux') {
    try {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name before may hold anything; the state is the first field after it, the start the twentieth.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' ? null : `${boot} ${fields[19]}`
    } catch {
      return null
    }
  }
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'lstart='], {
    encoding: 'utf8',
    env,
  })
  return stdout?.trim() || null
}
