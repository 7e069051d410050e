import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compareRuns } from '../compare/comparison.ts'
import { formatProblem, UserError } from '../error.ts'
import { systemRefusal } from '../files/file-error.ts'
import { renderComparison } from '../report/comparison-page.ts'
import { reportFromRunFolder } from '../report/from-run-folder.ts'
import { html } from '../report/markup.ts'
import { sparkLine } from '../report/spark-line.ts'
import { readComparedRun } from '../run/read-compared-run.ts'
import { bytesText } from '../units.ts'
import { frame, policy, style } from './frame.ts'
import { killRun, type LaunchOptions, pauseRun, resumeRun, startRun } from './launch.ts'
import { readLogEnds } from './log-ends.ts'
import { methodsPage } from './methods-page.ts'
import { newRunPage } from './new-run-page.ts'
import { script } from './page-script.ts'
import { runBar } from './run-bar.ts'
import { evaluations, type RunList, runById } from './run-list.ts'
import { runsPage } from './runs-page.ts'
import { answersOf, sampleRows } from './sample-rows.ts'
import { samplesPage } from './samples-page.ts'
import { someSteps } from './step-series.ts'

const longestForm = 2 ** 20
/** A page is made again whenever somebody looks, so it costs what this many steps cost, and not the whole of a long run. */
const drawnSteps = 2000

function errorPage(problems: readonly string[]): string {
  const body = html`<h1>That did not work</h1>${problems.map((problem) => html`<p class="lead user">${problem}</p>`)}<p><a href="/">All runs</a></p>`
  return frame('Error', body)
}

function statusOf(error: unknown): 400 | 404 | 500 {
  if (!(error instanceof UserError)) return 500
  return error.problems.some(({ code }) => code === 'bad-form') ? 400 : 404
}

/** The pages: rendered here, so that they work without a script; a small one keeps them up to date. */
export function createPages(options: LaunchOptions, runs: RunList): Hono {
  const { root } = options
  const pathOf = (id: string) => `/runs/${encodeURIComponent(id)}`
  const pages = new Hono()
  pages.onError((thrown, context) => {
    const error = systemRefusal(thrown)
    const problems =
      error instanceof UserError ? error.problems.map(formatProblem) : [thrown.message]
    return context.html(errorPage(problems), statusOf(error))
  })
  pages.use(
    bodyLimit({
      maxSize: longestForm,
      onError: (context) =>
        context.html(errorPage([`expected a form of at most ${bytesText(longestForm)}`]), 413),
    }),
  )
  pages.get('/studio.js', (context) => {
    context.header('content-type', 'text/javascript; charset=utf-8')
    return context.body(script)
  })

  pages.get('/', (context) => {
    const { q = '', state = '', page = '1' } = context.req.query()
    return context.html(frame('Runs', runsPage(runs.all(), { q, state, page: Number(page) || 1 })))
  })
  pages.get('/runs/:id', (context) => {
    const id = context.req.param('id')
    const { scale, smooth } = context.req.query()
    const curves = {
      scale: scale === 'log' ? 'log' : 'linear',
      smooth: smooth !== 'off',
      mostSteps: drawnSteps,
    } as const
    const run = runById(root, id)
    // Of before the page is made, so that what comes meanwhile is seen.
    const seen = readLogEnds(run.events).at(-1)?.id ?? 0
    const lead = html`${runBar(runs.one(id), curves)}<script src="/studio.js" defer data-run="${encodeURIComponent(id)}" data-after="${seen}"></script>`
    return context.html(reportFromRunFolder(run.path, { lead, policy, style, curves }))
  })
  pages.get('/runs/:id/spark.svg', (context) => {
    const { events } = runById(root, context.req.param('id'))
    const steps = someSteps(events, 60)
    const lines = (['forget', 'retain'] as const).map((tone) => ({
      tone,
      points: steps.map(({ step, losses }) => ({ x: step, y: losses[tone] })),
    }))
    return context.body(sparkLine(lines).text, 200, { 'content-type': 'image/svg+xml' })
  })
  pages.get('/runs/:id/samples', (context) => {
    const id = context.req.param('id')
    const { q = '', set = '', change = '', beside = '', page = '1' } = context.req.query()
    const others = [...runs.all().map((run) => run.id), ...evaluations(root)]
    const rows = sampleRows(runById(root, id), beside === '' ? new Map() : answersOf(root, beside))
    const filter = {
      q,
      set,
      change: change === 'changed' || change === 'same' ? change : '',
    } as const
    const view = { id, rows, filter, beside, page: Number(page) || 1 }
    const body = samplesPage({ ...view, others: others.filter((other) => other !== id) })
    const lead = html`<p class="kicker"><a href="${pathOf(id)}">The run</a></p>`
    return context.html(frame(`Answers of ${id}`, html`${lead}${body}`))
  })
  pages.post('/runs/:id/pause', (context) => {
    const id = context.req.param('id')
    pauseRun(runById(root, id))
    return context.redirect(pathOf(id), 303)
  })
  pages.post('/runs/:id/stop', async (context) => {
    const id = context.req.param('id')
    await killRun(runById(root, id))
    return context.redirect(pathOf(id), 303)
  })
  pages.post('/runs/:id/resume', (context) => {
    const id = context.req.param('id')
    resumeRun(runById(root, id), options)
    return context.redirect(pathOf(id), 303)
  })

  pages.get('/new', async (context) =>
    context.html(frame('New run', await newRunPage(context.req.query(), options))),
  )
  pages.post('/runs', async (context) => {
    const { recipe } = await context.req.parseBody().catch((error: Error) => {
      throw new UserError({
        code: 'bad-form',
        path: 'body',
        expected: 'a form with a recipe',
        got: error.message,
      })
    })
    const id = await startRun(String(recipe ?? ''), options)
    return context.redirect(pathOf(id), 303)
  })

  pages.get('/methods', (context) => context.html(frame('Methods', methodsPage())))
  pages.get('/compare', (context) => {
    const ids = context.req.queries('run') ?? []
    if (ids.length === 0)
      return context.html(
        frame(
          'Compare',
          html`<h1>Nothing to compare</h1><p class="lead">Choose runs in the <a href="/">table of runs</a>.</p>`,
        ),
      )
    const compared = ids.map((id) => readComparedRun(runById(root, id).path))
    const { forgetMetric = 'forget.rougeL', utilityMetric = 'retain.rougeL' } = context.req.query()
    const [first, ...rest] = ids
    const lead = html`<nav class="kicker"><a href="/">Runs</a>${rest.map((id) => html` · <a class="user" href="${pathOf(first)}/samples?beside=${encodeURIComponent(id)}">Answers of ${first} beside ${id}</a>`)}</nav>`
    return context.html(
      renderComparison(
        compareRuns(compared, { forgetMetric, utilityMetric }),
        `${ids.length} runs`,
        lead,
      ),
    )
  })
  return pages
}
