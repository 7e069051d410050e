import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../files/atomic.ts'
import { evaluationFolders } from '../measure/evaluation/stored-evaluation.ts'
import { renewModelCard } from '../run/renew-card.ts'
import type { RunFolder } from '../run/run-folder.ts'
import { reportFromRunFolder } from './from-run-folder.ts'

/** Writes the report of a finished unlearning run and the card of its model anew, with the evaluations that came since. */
export async function renewReports(folder: RunFolder): Promise<void> {
  if (!existsSync(folder.metrics)) return
  await renewModelCard(folder)
  // Last, since it says that all is written.
  await writeFileAtomic(folder.report, reportFromRunFolder(folder.path))
}

/** Whether whoever was to write the report of a finished unlearning run was killed before: the log or a result is newer. */
export function reportIsStale(folder: RunFolder): boolean {
  if (!existsSync(folder.metrics)) return false
  if (!existsSync(folder.report)) return true
  const results = evaluationFolders(folder.evaluation).map((path) => join(path, 'results.json'))
  const times = [folder.events, ...results.filter(existsSync)].map((path) => statSync(path).mtimeMs)
  return statSync(folder.report).mtimeMs < Math.max(...times)
}
