import { join } from 'node:path'
import { compareRuns } from '../compare/comparison.ts'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { publishable, publishableText } from '../recipe/publishable.ts'
import { renderComparison } from '../report/comparison-page.ts'
import { reportFromRunFolder } from '../report/from-run-folder.ts'
import { html } from '../report/markup.ts'
import { readComparedRun } from '../run/read-compared-run.ts'
import { frame } from './frame.ts'
import { createRunList, runById } from './run-list.ts'
import { runsTable } from './runs-page.ts'
import { sampleRows } from './sample-rows.ts'
import { samplesTable } from './samples-page.ts'

/**
 * Writes a site that any file server, or none, can show: the table of runs, each run's report and answers, their
 * comparison where they are alike.
 *
 * @returns how many runs, and why there is no comparison, or null where there is one
 * @throws UserError where there is no run
 */
export async function writeBundle(
  root: string,
  output: string,
): Promise<{ readonly runs: number; readonly notCompared: string | null }> {
  const runs = createRunList(root).all()
  if (runs.length === 0)
    throw new UserError({
      code: 'no-run',
      path: root,
      expected: 'run folders',
      got: 'none',
    })
  const pageOf = (id: string) => `runs/${id.replace(/[^\w.-]+/g, '-')}.html`
  const answersOf = (id: string) => pageOf(id).replace(/\.html$/, '-answers.html')
  for (const { id } of runs) {
    const run = runById(root, id)
    const up = html`<a href="../index.html">Runs</a>`
    const report = reportFromRunFolder(run.path, {
      publish: true,
      lead: html`<nav class="kicker">${up} · <a href="../${answersOf(id)}">Answers</a></nav>`,
    })
    await writeFileAtomic(join(output, pageOf(id)), report)
    const answers = html`<p class="kicker">${up} · <a href="../${pageOf(id)}">The run</a></p>
<h1>Answers of <span class="user">${id}</span></h1>${samplesTable(sampleRows(run, new Map()), '')}`
    await writeFileAtomic(join(output, answersOf(id)), frame(`Answers of ${id}`, answers, false))
  }
  const notCompared = await comparison(
    root,
    runs.map(({ id }) => id),
    join(output, 'compare.html'),
  )
  const body = html`<p class="kicker">Lethe</p><h1>Runs</h1>
${notCompared === null && html`<p class="lead"><a href="compare.html">All of them compared</a></p>`}
${runsTable(publishable(runs), pageOf, false)}`
  await writeFileAtomic(join(output, 'index.html'), frame('Runs', body, false))
  return { runs: runs.length, notCompared }
}

async function comparison(
  root: string,
  ids: readonly string[],
  path: string,
): Promise<string | null> {
  try {
    const compared = ids.map((id) => readComparedRun(runById(root, id).path))
    const axes = { forgetMetric: 'forget.rougeL', utilityMetric: 'retain.rougeL' }
    await writeFileAtomic(
      path,
      renderComparison(publishable(compareRuns(compared, axes)), 'All runs'),
    )
    return null
  } catch (error) {
    if (error instanceof UserError) return publishableText(error.message)
    throw error
  }
}
