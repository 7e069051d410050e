/**
 * Keeps a page up to date: the table of runs is fetched again while one is running, a run's page when something was
 * measured, the preview of a form when it was changed. What a reader has typed, chosen or scrolled to stays.
 */
export const script = `
const me = document.currentScript
const busy = () => document.activeElement?.matches('input, select') || document.querySelector('input:checked')
const pageAt = async (address) => new DOMParser().parseFromString(await (await fetch(address)).text(), 'text/html')
async function refresh() {
  if (busy()) return
  const page = await pageAt(location.href)
  const open = new Set([...document.querySelectorAll('details[open] > summary')].map((one) => one.textContent))
  for (const one of page.querySelectorAll('details > summary')) if (open.has(one.textContent)) one.parentElement.open = true
  document.querySelector('main').replaceChildren(...page.querySelector('main').childNodes)
}
if (me.dataset.refresh) setInterval(refresh, 1000 * Number(me.dataset.refresh))
if (me.dataset.run) {
  const events = new EventSource('/api/runs/' + me.dataset.run + '/events?after=' + me.dataset.after)
  let due = null
  const later = () => {
    if (due) return
    due = setTimeout(() => { due = null; refresh() }, 1500)
  }
  for (const type of ['step', 'sample', 'eval.metric', 'guard.tripped', 'run.paused', 'run.resumed', 'run.finished', 'run.failed'])
    events.addEventListener(type, later)
}
if (me.dataset.form) {
  const form = document.getElementById(me.dataset.form)
  form.addEventListener('change', async ({ target }) => {
    const filled = [...new FormData(form)].filter(([, value]) => value !== '')
    const address = location.pathname + '?' + new URLSearchParams(filled)
    history.replaceState(null, '', address)
    // Another method has other knobs.
    if (target.name === 'method.id') return location.assign(address)
    const page = await pageAt(address)
    document.getElementById('preview').replaceWith(page.getElementById('preview'))
  })
  document.addEventListener('click', async ({ target }) => {
    if (!target.matches?.('[data-time]')) return
    const place = target.parentElement
    place.textContent = 'timing …'
    const recipe = document.querySelector('input[name=recipe]').value
    const headers = { 'content-type': 'application/json' }
    const answer = await (await fetch('/api/plan', { method: 'POST', headers, body: JSON.stringify({ recipe }) })).json()
    place.textContent = answer.ok
      ? Math.ceil(answer.plan.seconds) + ' s (' + answer.plan.secondsPerStep.toPrecision(2) + ' s a step)'
      : answer.problems.map(({ got }) => got).join('; ')
  })
}
`
