import { describeMethod } from '../method/describe.ts'
import { methods } from '../method/methods.ts'
import { methodSections } from '../method/sections.ts'
import { html, type Markup } from '../report/markup.ts'

/** Every method with formula, knobs, cost, defaults and known defects, from the declarations. */
export function methodsPage(): Markup {
  const all = [...methods.values()].map(describeMethod)
  return html`<h1>Methods</h1>
<p class="lead">${all.length} named points in one space of losses, combiners, optimisers and selections. <code>lethe methods &lt;id&gt;</code> prints the same.</p>
${all.map(
  (
    method,
  ) => html`<section id="${method.id}"><details><summary><strong>${method.id}</strong> ${method.title}</summary>
<p class="lead">${method.summary}</p><p class="note">${method.source}</p>
${methodSections(method).map(({ heading, lines }) => html`<h3>${heading}</h3><ul class="plain">${lines.map((line) => html`<li>${line}</li>`)}</ul>`)}
</details></section>`,
)}`
}
