import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { holdFolder, lockName } from '../files/hold-folder.ts'
import { renewReports, reportIsStale } from '../report/renew-reports.ts'
import type { RunFolder } from '../run/run-folder.ts'

/** Whether all is written that comes after the last event of a finished run, and nothing says that a process works on it. */
export function isClosed(folder: RunFolder): boolean {
  return ![folder.pid, join(folder.path, lockName)].some(existsSync) && !reportIsStale(folder)
}

/**
 * Does for a finished run what whoever finished it was killed before.
 *
 * @throws UserError where another process works in the folder
 */
export function closeRun(folder: RunFolder): Promise<void> {
  return holdFolder(folder.path, async () => {
    if (reportIsStale(folder)) await renewReports(folder)
    rmSync(folder.pid, { force: true })
  })
}
