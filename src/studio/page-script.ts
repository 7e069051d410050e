/**
 * Keeps a page up to date: the table of runs is fetched again while one is running, a run's page when something was measured.
 * What a reader has typed, chosen or scrolled to stays.
 */
export const script = `
const me = document.currentScript
const busy = () => document.activeElement?.matches('input, select') || document.querySelector('input:checked')
async function refresh() {
  if (busy()) return
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html')
  const open = new Set([...document.querySelectorAll('details[open] > summary')].map((one) => one.textContent))
  for (const one of page.querySelectorAll('details > summary')) if (open.has(one.textContent)) one.parentElement.open = true
  document.querySelector('main').replaceChildren(...page.querySelector('main').childNodes)
}
if (me.dataset.refresh) setInterval(refresh, 1000 * Number(me.dataset.refresh))
if (me.dataset.run) {
  const events = new EventSource('/api/runs/' + me.dataset.run + '/events')
  const ready = Date.now() + 1000
  let due = null
  const later = () => {
    if (Date.now() < ready || due) return
    due = setTimeout(() => { due = null; refresh() }, 1500)
  }
  for (const type of ['step', 'sample', 'eval.metric', 'guard.tripped', 'run.paused', 'run.finished', 'run.failed'])
    events.addEventListener(type, later)
}
`
