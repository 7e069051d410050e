import { existsSync } from 'node:fs'
import { writeFileAtomic } from '../files/atomic.ts'
import { renewModelCard } from '../run/renew-card.ts'
import type { RunFolder } from '../run/run-folder.ts'
import { reportFromRunFolder } from './from-run-folder.ts'

/** Writes the report of a finished unlearning run and the card of its model anew, with the evaluations that came since. */
export async function renewReports(folder: RunFolder): Promise<void> {
  if (!existsSync(folder.metrics)) return
  await writeFileAtomic(folder.report, reportFromRunFolder(folder.path))
  await renewModelCard(folder)
}
