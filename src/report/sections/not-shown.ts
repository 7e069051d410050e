import type { NotShown } from '../../measure/not-shown.ts'
import { html, type Markup } from '../markup.ts'

/** The limits of the evidence. */
export function notShownSection(items: readonly NotShown[]): Markup {
  return html`<section id="not-shown"><h2>What was not shown</h2>
<dl class="glossary">${items.map(({ title, detail }) => html`<div><dt>${title}</dt><dd>${detail}</dd></div>`)}</dl>
</section>`
}
