import { html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'

/** The resolved recipe: with it, the run can be repeated. */
export function recipe({ recipe }: ReportData): Markup | null {
  if (recipe === null) return null
  return html`<section id="recipe"><h2>Resolved recipe</h2>
<pre class="user"><code>${recipe.trimEnd()}</code></pre>
</section>`
}
