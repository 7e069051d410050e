import { Hono } from 'hono'
import { compareRuns } from '../compare/index.ts'
import { formatProblem, UserError } from '../error.ts'
import { renderComparison } from '../report/comparison-page.ts'
import { html, type Markup, reportFromRunFolder } from '../report/index.ts'
import { readComparedRun } from '../run/compared-run.ts'
import { frame } from './frame.ts'
import { script } from './page-script.ts'
import { createRunList, type RunSummary, runById } from './run-list.ts'

const shownMetrics = [
  ['forget.probability', '↓'],
  ['forget.rougeL', '↓'],
  ['retain.probability', '↑'],
  ['retain.rougeL', '↑'],
] as const

/** The pages: rendered here, so that they work without a script; a small one keeps them up to date. */
export function createPages(root: string): Hono {
  const runs = createRunList(root)
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
    return context.html(frame('Runs', runsPage(runs.list(), q, state)))
  })
  pages.get('/runs/:id', (context) => {
    const { path } = runById(root, context.req.param('id'))
    const report = reportFromRunFolder(path)
    // The report forbids scripts; here one of our own may run, to show a live run as it goes.
    return context.html(
      report
        .replace(
          "default-src 'none';",
          "default-src 'none'; script-src 'self'; connect-src 'self';",
        )
        .replace(
          '<main>',
          `<main><p class="kicker"><a href="/">All runs</a></p><script src="/studio.js" defer data-run="${encodeURIComponent(context.req.param('id'))}"></script>`,
        ),
    )
  })
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

/** The table of runs, filtered by what the address says. */
export function runsPage(all: readonly RunSummary[], q: string, state: string): Markup {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = all.filter(
    (run) =>
      (state === '' || run.state === state) &&
      words.every((word) => `${run.id} ${run.method} ${run.model}`.toLowerCase().includes(word)),
  )
  const states = [...new Set(all.map((run) => run.state))].sort()
  const live = all.some((run) => run.state === 'running')
  return html`<p class="kicker">Lethe studio</p>
<h1>Runs</h1>
${all.length === 0 ? html`<p class="lead">No runs yet. <code>lethe demo</code> makes one in under two minutes; <code>lethe init</code> begins one of your own.</p>` : ''}
<form class="filters" method="get" action="/" role="search">
<label>Search <input type="search" name="q" value="${q}" placeholder="run, method or model"></label>
<label>State <select name="state"><option value="">all</option>${states.map((each) => html`<option${each === state ? html` selected` : ''}>${each}</option>`)}</select></label>
<button>Filter</button><span class="note">${shown.length} of ${all.length}</span>
</form>
<form method="get" action="/compare">
<div class="scroll"><table class="runs"><thead><tr><th scope="col"><span class="hidden">Compare</span></th><th scope="col">run</th><th scope="col">state</th><th scope="col">method</th><th scope="col">model</th><th scope="col" class="number">step</th>${shownMetrics.map(([key, arrow]) => html`<th scope="col" class="number">${key} ${arrow}</th>`)}<th scope="col">started</th></tr></thead>
<tbody>${shown.map(row)}</tbody></table></div>
<button>Compare the chosen</button>
</form>
${live && html`<script src="/studio.js" defer data-refresh="5"></script>`}`
}

function row(run: RunSummary): Markup {
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : value.toFixed(3)
  return html`<tr><td><input type="checkbox" name="run" value="${run.id}" aria-label="Compare ${run.id}"></td>
<th scope="row" class="user"><a href="/runs/${encodeURIComponent(run.id)}">${run.id}</a></th>
<td title="${run.reason ?? ''}">${run.state}</td><td>${run.method ?? '–'}</td><td class="user">${run.model ?? '–'}</td>
<td class="number">${run.step}${run.totalSteps === null ? '' : ` / ${run.totalSteps}`}</td>
${shownMetrics.map(([key]) => html`<td class="number">${number(run.after[key] ?? run.before[key])}</td>`)}
<td>${run.startedAt?.slice(0, 16).replace('T', ' ') ?? '–'}</td></tr>`
}
