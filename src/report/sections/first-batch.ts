import { count } from '../format.ts'
import { html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'

/** Examples as the model saw them at the start: which tokens it was trained to predict. */
export function firstBatch({ firstBatch }: ReportData): Markup | null {
  if (!firstBatch || firstBatch.examples.length === 0) return null
  return html`<section id="trained-tokens"><h2>Trained tokens</h2>
<p class="note">Examples as the model read them at the start. Tokens on a shaded, underlined ground are the ones trained on; the others are only read.</p>
<div class="columns">${firstBatch.examples.map(
    ({ set, index, tokens }) => html`<article class="batch">
<h3><span class="set ${set}">${set}</span> ${index} <small>${count(tokens.filter(({ trained }) => trained).length)} of ${count(tokens.length)} tokens trained</small></h3>
<p class="tokens" dir="auto">${tokens.map(
      ({ text, trained }) =>
        html`<span${trained && html` class="trained"`}>${visible(text)}</span>`,
    )}</p>
</article>`,
  )}</div>
</section>`
}

/** Line ends stay visible as a sign before the line breaks. */
function visible(text: string): string {
  return text.replaceAll('\n', '⏎\n').replaceAll('\t', '⇥')
}
