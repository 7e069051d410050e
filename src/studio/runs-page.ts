import { modelName } from '../checkpoint/model-name.ts'
import { html, type Markup } from '../report/markup.ts'
import { pageOf, pager } from './pager.ts'
import type { RunSummary } from './run-list.ts'

const perPage = 100

const shownMetrics = [
  ['forget.probability', '↓'],
  ['forget.rougeL', '↓'],
  ['retain.probability', '↑'],
  ['retain.rougeL', '↑'],
] as const

/** The table of runs, filtered by what the address says; its links and forms need the server. */
export function runsPage(
  all: readonly RunSummary[],
  { q, state, page: asked }: { q: string; state: string; page: number },
): Markup {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = all.filter(
    (run) =>
      (state === '' || run.state === state) &&
      words.every((word) => `${run.id} ${run.method} ${run.model}`.toLowerCase().includes(word)),
  )
  const states = [...new Set(all.map((run) => run.state))].sort()
  const { part, page, pages } = pageOf(shown, asked, perPage)
  const live = all.some((run) => run.state === 'running')
  if (all.length === 0)
    return html`<h1>No runs yet</h1>
<p class="lead"><code>lethe demo</code> makes one in under two minutes; <a href="/new">a form</a>, or <code>lethe init</code>, begins one of your own. In the <a href="/playground/">playground</a> a model forgets without any of this.</p>
<script src="/studio.js" defer data-refresh="5"></script>`
  return html`<h1>Runs</h1>
<form class="filters" method="get" action="/" role="search">
<label>Search <input type="search" name="q" value="${q}" placeholder="run, method or model"></label>
<label>State <select name="state"><option value="">all</option>${states.map((each) => html`<option${each === state ? html` selected` : ''}>${each}</option>`)}</select></label>
<button>Filter</button><span class="note">${shown.length} of ${all.length}</span>
</form>
<form method="get" action="/compare">
${runsTable(part, (id) => `/runs/${encodeURIComponent(id)}`, true)}
${shown.length > 0 && html`<button>Compare the chosen</button>`}
</form>
${pager({ q, state }, page, pages)}
${live && html`<script src="/studio.js" defer data-refresh="5"></script>`}`
}

/** Runs as a table; with a box to choose each by, inside of a form. */
export function runsTable(
  runs: readonly RunSummary[],
  linkTo: (id: string) => string,
  choosable: boolean,
): Markup {
  return html`<div class="scroll"><table class="runs"><thead><tr>${choosable && html`<th scope="col"><span class="hidden">Compare</span></th>`}<th scope="col">run</th>${choosable && html`<th scope="col">losses</th>`}<th scope="col">state</th><th scope="col">method</th><th scope="col">model</th><th scope="col" class="number">step</th>${shownMetrics.map(([key, arrow]) => html`<th scope="col" class="number">${key.replace('.', ' ')} ${arrow}</th>`)}<th scope="col">started</th></tr></thead>
<tbody>${runs.map((run) => row(run, linkTo(run.id), choosable))}</tbody></table></div>`
}

function row(run: RunSummary, link: string, choosable: boolean): Markup {
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : value.toFixed(3)
  const cell = (label: string, content: string, title = '') =>
    html`<td data-label="${label}"${title && html` title="${title}"`}><span>${content}</span></td>`
  const steps = run.totalSteps === null ? '' : ` / ${run.totalSteps}`
  return html`<tr>${choosable && html`<td class="choose"><input type="checkbox" name="run" value="${run.id}" aria-label="Compare ${run.id}"></td>`}
<th scope="row" class="user"><a href="${link}">${run.id}</a></th>${choosable && html`<td data-label="Losses"><img loading="lazy" width="96" height="24" alt="" src="${link}/spark.svg"></td>`}
${cell('State', run.state, run.reason ?? '')}${cell('Method', run.method ?? '–')}${cell('Model', modelName(run.model ?? '–'), run.model ?? '')}${cell('Step', `${run.step}${steps}`)}
${shownMetrics.map(([key, arrow]) => cell(`${key.replace('.', ' ')} ${arrow}`, number(run.after[key] ?? run.before[key])))}
${cell('Started', run.startedAt?.slice(0, 16).replace('T', ' ') ?? '–')}</tr>`
}
