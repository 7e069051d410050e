import { count } from '../format.ts'
import { type Content, html, type Markup } from '../markup.ts'
import type { Notice, ReportData } from '../report-data.ts'

/** Guards, warnings, interruptions and failures, in order; says so when there was none. */
export function notices({ notices }: ReportData): Markup {
  const entries = grouped(notices)
  const guards = notices.filter(({ type }) => type === 'guard.tripped').length
  return html`<section id="notices"><h2>Guards and warnings</h2>
${guards === 0 && html`<p>No guard tripped.</p>`}
${entries.length > 0 && html`<ul class="notices">${entries.map(entry)}</ul>`}
</section>`
}

interface Entry {
  step: number
  kind: 'Guard' | 'Warning' | 'Failed' | 'Paused' | 'Resumed'
  body: Content
  times: number
}

/** The same warning at many steps is one entry. */
function grouped(notices: readonly Notice[]): Entry[] {
  const entries = new Map<string, Entry>()
  for (const notice of notices) {
    const key =
      notice.type === 'warning' ? `${notice.code} ${notice.message}` : `${notice.type} ${notice.id}`
    const known = entries.get(key)
    if (known) known.times += 1
    else entries.set(key, { step: notice.step, times: 1, ...describe(notice) })
  }
  return [...entries.values()]
}

function describe(notice: Notice): Pick<Entry, 'kind' | 'body'> {
  switch (notice.type) {
    case 'guard.tripped':
      return {
        kind: 'Guard',
        body: html`<strong>${notice.guard}</strong>, ${notice.action}: ${notice.reason}
${notice.causes.length > 0 && html`<br>Likely: ${notice.causes.join('; ')}.`}
${notice.lastGoodState && html`<br>Last good state: <code>${notice.lastGoodState}</code>`}`,
      }
    case 'warning':
      return {
        kind: 'Warning',
        body: html`${prose(notice.message)}${notice.hint && html`<br>${prose(notice.hint)}`}`,
      }
    case 'run.failed':
      return { kind: 'Failed', body: prose(notice.message) }
    case 'run.paused':
      return {
        kind: 'Paused',
        body: html`by ${notice.reason}${notice.statePath && html`; state in <code>${notice.statePath}</code>`}`,
      }
    case 'run.resumed':
      return { kind: 'Resumed', body: html`from <code>${notice.statePath}</code>` }
  }
}

/** Text in which `backticks` are code. */
function prose(text: string): Markup[] {
  return text
    .split('`')
    .map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
}

function entry({ step, kind, body, times }: Entry): Markup {
  return html`<li class="notice ${kind.toLowerCase()}"><span class="tag">${kind}</span> <span class="at">step ${count(step)}${times > 1 && `, ${count(times)} times`}</span><div class="user">${body}</div></li>`
}
