import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { RunFolder } from '../run/run-folder.ts'

/** The number of the process that works on a run; null where none does, or the number is another program's by now. */
export function processOf({ pid: file }: RunFolder): number | null {
  if (!existsSync(file)) return null
  const pid = Number(readFileSync(file, 'utf8'))
  if (!Number.isSafeInteger(pid) || pid < 2) return null
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' })
  return /node|lethe/.test(stdout ?? '') ? pid : null
}
