import { markedChange } from '../report/marked-change.ts'
import { html, type Markup } from '../report/markup.ts'
import { pageOf, pager } from './pager.ts'
import { filterRows, type SampleFilter, type SampleRow } from './sample-rows.ts'

const perPage = 50

export interface SamplesView {
  readonly id: string
  readonly rows: readonly SampleRow[]
  readonly filter: SampleFilter
  /** what stands beside, by its path; empty: nothing */
  readonly beside: string
  /** what could stand beside */
  readonly others: readonly string[]
  /** from 1 */
  readonly page: number
}

/** Every question of a run with what was said before, what is said after, and what another model says. */
export function samplesPage(view: SamplesView): Markup {
  const { id, rows, filter, beside, others } = view
  const shown = filterRows(rows, filter)
  const { part, page, pages } = pageOf(shown, view.page, perPage)
  const option = (value: string, label: string, chosen: string) =>
    html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`
  return html`<h1>Answers of <span class="user">${id}</span></h1>
<p class="lead"><del>Struck through</del>: said before only. <ins>Underlined</ins>: said after only.</p>
<form class="filters" method="get" role="search">
<label>Search <input type="search" name="q" value="${filter.q}" placeholder="any column"></label>
<label>Set <select name="set">${option('', 'both', filter.set)}${option('forget', 'forget', filter.set)}${option('retain', 'retain', filter.set)}</select></label>
<label>Answers <select name="change">${option('', 'all', filter.change)}${option('changed', 'changed', filter.change)}${option('same', 'the same', filter.change)}</select></label>
<label>Beside <select name="beside">${option('', 'nothing', beside)}${others.map((other) => option(other, other, beside))}</select></label>
<button>Show</button><span class="note">${shown.length} of ${rows.length}</span>
</form>
${part.length === 0 ? html`<p class="lead">${rows.length === 0 ? 'Nothing was asked yet.' : 'No answer is like that.'}</p>` : samplesTable(part, beside)}
${pager({ ...filter, beside }, page, pages)}`
}

/** Rows side by side; one below the other where the page is narrow. */
export function samplesTable(rows: readonly SampleRow[], beside: string): Markup {
  const columns = ['Question', 'True', 'Before', 'After', ...(beside === '' ? [] : [beside])]
  return html`<table class="samples"><thead><tr>${columns.map((column) => html`<th scope="col" class="user">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => sampleRow(row, beside))}</tbody></table>`
}

function sampleRow({ set, index, prompt, answer, before, after, ...row }: SampleRow, name: string) {
  const marked = before !== null && after !== null ? markedChange(before, after) : null
  const side = (text: string | null, markup: Markup = html`${text}`) => {
    if (text === null) return html`<em class="empty">not asked</em>`
    return text.trim() === '' ? html`<em class="empty">nothing</em>` : markup
  }
  const cell = (label: string, content: Markup) =>
    html`<td class="user" dir="auto" data-label="${label}"><span>${content}</span></td>`
  return html`<tr><th scope="row" class="user" dir="auto"><span class="set ${set}">${set}</span> <small>${index}</small><br>${prompt}</th>
${cell('True', html`${answer}`)}${cell('Before', side(before, marked?.before))}${cell('After', side(after, marked?.after))}${name !== '' && cell(name, row.beside === null ? html`<em class="empty">not asked</em>` : html`${row.beside}`)}</tr>`
}
