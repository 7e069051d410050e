import { htmlDocument } from '../report/document.ts'
import { html, type Markup } from '../report/index.ts'

const own = `.filters{display:flex;flex-wrap:wrap;gap:10px 18px;align-items:center;margin:22px 0 14px}.scroll{overflow-x:auto}
.runs td,.runs th{white-space:nowrap;padding-right:14px}.runs th.user,.runs td.user{white-space:normal;min-width:12ch}
input[type=search],select,button{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--rule);border-radius:6px;padding:5px 10px}
button{cursor:pointer}button:hover{border-color:var(--soft)}input:focus-visible,select:focus-visible,button:focus-visible{outline:2px solid var(--retain);outline-offset:2px}
@media (max-width:980px){.runs tr>td[data-label]{grid-template-columns:11rem 1fr}.runs td.choose{float:right;padding:0}}
section>details{border-bottom:1px solid var(--rule);padding-bottom:10px}section:has(>details){margin-top:14px}summary{cursor:pointer}.plain{margin:0 0 16px;padding-left:18px}details h3{margin:18px 0 4px}details>.lead{margin-top:10px}
form>button{margin-top:14px}.filters>button{margin-top:0}`

/** What lets a page run our own script and be kept up to date by it, and nothing else. */
export const policy = " script-src 'self'; connect-src 'self'; form-action 'self';"

/** A page around its content; only our own script may run. `links`: to the studio's other pages. */
export function frame(title: string, content: Markup, links = true): string {
  const lead =
    links && html`<nav class="kicker"><a href="/">Runs</a> · <a href="/methods">Methods</a></nav>`
  return htmlDocument({ title: `${title} · Lethe studio`, style: own, policy, lead }, content)
}
