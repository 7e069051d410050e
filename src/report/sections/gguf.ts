import { directionWords } from '../../measure/direction.ts'
import type { MeasuredGguf } from '../../run/gguf-files.ts'
import { change, decimal } from '../format.ts'
import { type Content, html, type Markup } from '../markup.ts'

/** The section of a GGUF file: every metric of the model that it was made of and of what the file holds. */
export function ggufSection({ name, type, metrics }: MeasuredGguf): Markup {
  const { before, after, changes, intervals, directions } = metrics
  const cell = (title: string, content: Content) =>
    html`<td class="number" data-label="${title}"><span>${content}</span></td>`
  const row = (key: string) => {
    const interval = intervals.changes[key]
    return html`<tr>
<th scope="row">${key}</th>
<td data-label="Better">${directionWords(directions[key])}</td>
${cell('Model', decimal(before[key] ?? null))}
${cell('File', decimal(after[key] ?? null))}
${cell('Change', html`${change(changes[key] ?? null)}${interval && html` <small>[${interval.map((end) => change(end)).join(', ')}]</small>`}`)}
</tr>`
  }
  return html`<section id="gguf-${name.replace(/[^\w-]+/g, '-')}"><h2>In the GGUF file, as ${type}</h2>
<table>
<thead><tr><th scope="col">Metric</th><th scope="col">Better</th>${['Model', 'File', 'Change'].map((title) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>
<tbody>${Object.keys(directions).map(row)}</tbody>
</table>
<p class="note"><code>${name}</code> was read back, and asked the same questions as the model folder that it was made of. Small figures: 95 % bootstrap interval of the change, paired by example.</p>
</section>`
}
