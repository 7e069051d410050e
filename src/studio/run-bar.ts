import { html, type Markup } from '../report/markup.ts'
import type { CurveView } from '../report/sections/curves.ts'
import type { RunSummary } from './run-list.ts'

/** The bar of a run's page: what can be done with the run, and how its curves are drawn. */
export function runBar(
  { id, state, step, totalSteps, reason }: RunSummary,
  { scale, smooth }: CurveView,
): Markup {
  const path = `/runs/${encodeURIComponent(id)}`
  const action = (what: string, label: string, title: string) =>
    html`<form method="post" action="${path}/${what}"><button title="${title}">${label}</button></form>`
  const toggle = (label: string, view: CurveView) =>
    html`<a href="?scale=${view.scale}&amp;smooth=${view.smooth ? 'on' : 'off'}#curves">${label}</a>`
  return html`<nav class="kicker"><a href="/">Runs</a> · <a href="${path}/samples">Answers</a> · ${toggle(scale === 'log' ? 'linear axes' : 'logarithmic axes', { scale: scale === 'log' ? 'linear' : 'log', smooth })} · ${toggle(smooth ? 'without smoothing' : 'smoothed', { scale, smooth: !smooth })}</nav>
<div class="bar"><span class="set state-${state}">${state}</span><span>${totalSteps === null ? '' : `step ${step} of ${totalSteps}`}</span>
${state === 'running' && [action('pause', 'Pause', 'Saves its state and stops; it can be resumed.'), action('stop', 'Stop now', 'Stops at once; what was saved before stays.')]}
${(state === 'paused' || state === 'interrupted') && action('resume', 'Resume', 'Goes on from the latest saved state.')}
${reason !== null && html`<span class="user">${reason}</span>`}</div>`
}
