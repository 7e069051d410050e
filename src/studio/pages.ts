import { Hono } from 'hono'
import { compareRuns } from '../compare/index.ts'
import { formatProblem, UserError } from '../error.ts'
import { renderComparison } from '../report/comparison-page.ts'
import { html, reportFromRunFolder } from '../report/index.ts'
import { readComparedRun } from '../run/compared-run.ts'
import { frame, policy } from './frame.ts'
import { methodsPage } from './methods-page.ts'
import { script } from './page-script.ts'
import { type RunList, runById } from './run-list.ts'
import { runsPage } from './runs-page.ts'

/** The pages: rendered here, so that they work without a script; a small one keeps them up to date. */
export function createPages(root: string, runs: RunList): Hono {
  const pages = new Hono()
  pages.onError((error, context) => {
    const problems =
      error instanceof UserError ? error.problems.map(formatProblem) : [error.message]
    const body = html`<h1>That did not work</h1>${problems.map((problem) => html`<p class="lead user">${problem}</p>`)}<p><a href="/">All runs</a></p>`
    return context.html(frame('Error', body), error instanceof UserError ? 404 : 500)
  })
  pages.get('/studio.js', (context) => {
    context.header('content-type', 'text/javascript; charset=utf-8')
    return context.body(script)
  })
  pages.get('/', (context) => {
    const { q = '', state = '' } = context.req.query()
    return context.html(frame('Runs', runsPage(runs.all(), q, state)))
  })
  pages.get('/runs/:id', (context) => {
    const id = context.req.param('id')
    const lead = html`<p class="kicker"><a href="/">All runs</a></p><script src="/studio.js" defer data-run="${encodeURIComponent(id)}"></script>`
    return context.html(reportFromRunFolder(runById(root, id).path, { lead, policy }))
  })
  pages.get('/methods', (context) => context.html(frame('Methods', methodsPage())))
  pages.get('/compare', (context) => {
    const ids = context.req.queries('run') ?? []
    if (ids.length === 0)
      return context.html(
        frame(
          'Compare',
          html`<h1>Nothing to compare</h1><p class="lead">Choose runs in the <a href="/">table of runs</a>.</p>`,
        ),
      )
    const compared = ids.map((id) => readComparedRun(runById(root, id).path))
    const { forgetMetric = 'forget.rougeL', utilityMetric = 'retain.rougeL' } = context.req.query()
    return context.html(
      renderComparison(
        compareRuns(compared, { forgetMetric, utilityMetric }),
        `${ids.length} runs`,
      ),
    )
  })
  return pages
}
