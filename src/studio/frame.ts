import { htmlDocument } from '../report/html-document.ts'
import { html, type Markup } from '../report/markup.ts'

/** The style sheet that the studio's pages add to the common one. */
export const style = `.filters{display:flex;flex-wrap:wrap;gap:10px 18px;align-items:center;margin:22px 0 14px}.scroll{overflow-x:auto}
.runs td,.runs th{white-space:nowrap;padding-right:12px}.runs th.user,.runs td.user{white-space:normal;min-width:22ch}
input[type=search],select,button{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--rule);border-radius:6px;padding:5px 10px}
button{cursor:pointer}button:hover{border-color:var(--soft)}input:focus-visible,select:focus-visible,button:focus-visible{outline:2px solid var(--retain);outline-offset:2px}
@media (max-width:980px){.runs tr>td[data-label]{grid-template-columns:11rem 1fr}.runs td.choose{float:right;padding:0}}
section>details{border-bottom:1px solid var(--rule);padding-bottom:10px}section:has(>details){margin-top:14px}summary{cursor:pointer}.plain{margin:0 0 16px;padding-left:18px}details h3{margin:18px 0 4px}details>.lead{margin-top:10px}
form>button{margin-top:14px}.filters>button{margin-top:0}
button.main{background:var(--ink);color:var(--paper);border-color:var(--ink);font-weight:600;padding:9px 26px}button:disabled{opacity:.5;cursor:default}
.pager{display:flex;gap:16px;margin-top:18px}.bar{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;margin-bottom:26px}.bar form>button{margin:0}
.bar .set{background:var(--grid)}.state-running{color:var(--retain)}.state-finished{color:var(--good)}.state-failed,.state-guard,.state-damaged{color:var(--bad)}
.samples{table-layout:fixed}.samples :is(th,td){vertical-align:top}.samples tbody th{font-weight:400;padding-right:20px}.filters label{max-width:100%}.filters select{max-width:min(100%,26rem)}.runs thead th{white-space:normal;vertical-align:bottom}
.new-run{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:28px clamp(24px,4vw,56px);margin-top:26px}.preview{position:sticky;top:20px;align-self:start}.preview section:first-child{margin-top:0}
fieldset{border:0;border-top:1px solid var(--rule);margin:0 0 18px;padding:8px 0 0;min-width:0}legend{font-weight:600;padding-right:10px}
.field{display:grid;grid-template-columns:11rem minmax(0,1fr);gap:2px 14px;align-items:center;margin:10px 0}.field>small{grid-column:2;color:var(--soft)}.field>:is(input,select){width:100%;min-width:0}
input:not([type]){font:inherit;color:inherit;background:var(--panel);border:1px solid var(--rule);border-radius:6px;padding:5px 10px}
@media (max-width:800px){.new-run{grid-template-columns:minmax(0,1fr)}.preview{position:static}.field{grid-template-columns:minmax(0,1fr)}.field>small{grid-column:1}}`

/** The content security policy: it lets a page run our own script and be kept up to date by it, and nothing else. */
export const policy =
  " script-src 'self'; connect-src 'self'; form-action 'self'; img-src 'self' data:;"

/** A page around its content; only our own script may run. `links`: to the studio's other pages. */
export function frame(title: string, content: Markup, links = true): string {
  const lead =
    links &&
    html`<nav class="kicker"><a href="/">Runs</a> · <a href="/new">New run</a> · <a href="/methods">Methods</a> · <a href="/playground/">Playground</a></nav>`
  return htmlDocument({ title: `${title} · Lethe studio`, style, policy, lead }, content)
}
