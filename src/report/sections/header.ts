import { html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'
import { verdict } from '../verdict.ts'

/** The header of a report: what was done to which model, and what came of it, in one screen. */
export function header(data: ReportData): Markup {
  const { title, text } = verdict(data)
  return html`<header>
<p class="kicker">Lethe · unlearning report · <span class="user">${data.name}</span></p>
<h1>${title}</h1>
<p class="lead">${text}</p>
<p class="note">Unlearning is not deletion: read <a href="#not-shown">what was not shown</a>. This page quotes the forget set; share it only with those who may read that.</p>
</header>`
}
