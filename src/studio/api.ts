import { existsSync } from 'node:fs'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type * as z from 'zod'
import { compareRuns } from '../compare/comparison.ts'
import { UserError } from '../error.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { parseBoundedJson } from '../files/bounded-json.ts'
import { systemRefusal } from '../files/file-error.ts'
import { describeMethod } from '../method/describe.ts'
import { methods } from '../method/methods.ts'
import { readMetrics } from '../run/metrics-file.ts'
import { readComparedRun } from '../run/read-compared-run.ts'
import type { RunFolder } from '../run/run-folder.ts'
import { readSamples } from '../run/samples.ts'
import { downsample } from './downsample.ts'
import { openEventTail } from './event-tail.ts'
import { killRun, type LaunchOptions, pauseRun, resumeRun, startRun, timedPlan } from './launch.ts'
import { parsedEvent } from './log-ends.ts'
import { openApi } from './open-api.ts'
import { compareQuery, newRun, samplesQuery, seriesQuery, stopQuery } from './request-schemas.ts'
import { type RunList, runById } from './run-list.ts'
import { stepValues } from './step-series.ts'
import { nextTurn } from './turns.ts'

const longestBody = 2 ** 20
const pollMilliseconds = 250
const heartbeatMilliseconds = 15_000
/** Each costs an open file and a piece of a log. */
const mostReaders = 200

/** The REST interface under `/api`, over the files of the runs folder alone. */
export function createApi(options: LaunchOptions, runs: RunList): Hono {
  const { root } = options
  const api = new Hono()
  let readers = 0
  const run = (id: string) => runById(root, id)
  api.onError((thrown, context) => {
    const error = systemRefusal(thrown)
    if (!(error instanceof UserError)) {
      console.error(error)
      return context.json({ ok: false, problems: [{ code: 'internal', got: thrown.message }] }, 500)
    }
    const missing = error.problems.every(({ code }) => code === 'no-run')
    return context.json({ ok: false, problems: error.problems }, missing ? 404 : 422)
  })
  api.use(
    bodyLimit({
      maxSize: longestBody,
      onError: (context) =>
        context.json(
          {
            ok: false,
            problems: [
              { code: 'too-large', expected: `a body of ≤ ${longestBody} bytes`, got: 'more' },
            ],
          },
          413,
        ),
    }),
  )

  api.get('/openapi.json', (context) => context.json(openApi()))
  api.get('/methods', (context) => context.json([...methods.values()].map(describeMethod)))
  api.get('/runs', (context) => context.json({ runs: runs.all() }))
  api.post('/runs', async (context) => {
    const { recipe } = parsed(newRun, await jsonBody(context.req))
    return context.json({ ok: true, id: await startRun(recipe, options) }, 202)
  })
  api.get('/runs/:id', (context) => {
    const folder = run(context.req.param('id'))
    return context.json({
      summary: runs.one(context.req.param('id')),
      recipe: existsSync(folder.recipe) ? readBoundedText(folder.recipe) : null,
      metrics: existsSync(folder.metrics) ? readMetrics(folder.metrics) : null,
    })
  })
  api.get('/runs/:id/series', async (context) => {
    const { value, buckets } = parsed(seriesQuery, context.req.query())
    const points = await stepValues(run(context.req.param('id')).events, value)
    return context.json({ value, points: downsample(points, buckets) })
  })
  api.get('/runs/:id/samples', (context) => {
    const query = parsed(samplesQuery, context.req.query())
    const folder = run(context.req.param('id'))
    const search = query.search?.toLowerCase()
    const found = (existsSync(folder.samples) ? readSamples(folder.samples) : []).filter(
      ({ set, phase, prompt, reference, generated }) =>
        (!query.set || set === query.set) &&
        (!query.phase || phase === query.phase) &&
        (!search || `${prompt}\n${reference}\n${generated}`.toLowerCase().includes(search)),
    )
    const { offset, limit } = query
    return context.json({ total: found.length, samples: found.slice(offset, offset + limit) })
  })
  api.get('/runs/:id/events', (context) => {
    const folder = run(context.req.param('id'))
    const last = Number(context.req.header('last-event-id') ?? context.req.query('after') ?? 0)
    if (readers >= mostReaders)
      return context.json(refused('busy', `at most ${mostReaders} readers of logs`, 'more'), 503)
    readers++
    return streamSSE(context, (stream) =>
      follow(stream, folder, Number.isFinite(last) ? last : 0).finally(() => {
        readers--
      }),
    )
  })
  api.post('/plan', async (context) => {
    const { recipe } = parsed(newRun, await jsonBody(context.req))
    return context.json({ ok: true, plan: await timedPlan(recipe, options) })
  })
  api.post('/runs/:id/stop', async (context) => {
    const { how } = parsed(stopQuery, context.req.query())
    const found = run(context.req.param('id'))
    return (how === 'now' ? await killRun(found) : pauseRun(found))
      ? context.json({ ok: true }, 202)
      : context.json(refused('no-process', 'a run with a process', 'none that is known'), 409)
  })
  api.post('/runs/:id/resume', (context) => {
    resumeRun(run(context.req.param('id')), options)
    return context.json({ ok: true }, 202)
  })
  api.get('/compare', (context) => {
    const ids = context.req.queries('run') ?? []
    if (ids.length === 0)
      return context.json(refused('missing', 'run=… once for each run', 'none'), 422)
    const compared = ids.map((id) => readComparedRun(run(id).path))
    return context.json(compareRuns(compared, parsed(compareQuery, context.req.query())))
  })
  api.all('*', (context) =>
    context.json(refused('no-such-path', 'a path of /api/openapi.json', context.req.path), 404),
  )
  return api
}

/**
 * Sends the events after an id as they come; a reader that does not read is waited for, and costs one piece of the log. Between two
 * pieces whoever else asked has a turn.
 */
async function follow(stream: SSEStreamingApi, folder: RunFolder, after: number): Promise<void> {
  const tail = openEventTail(folder.events, after)
  stream.onAbort(() => {})
  let quiet = 0
  try {
    while (!stream.aborted && !stream.closed) {
      const lines = tail.next()
      const text = lines.map((line) => message(line, after)).join('')
      if (text !== '') await stream.write(text)
      quiet = lines.length > 0 ? 0 : quiet + pollMilliseconds
      if (quiet >= heartbeatMilliseconds) {
        await stream.write(': still here\n\n')
        quiet = 0
      }
      await (lines.length > 0 ? nextTurn() : stream.sleep(pollMilliseconds))
    }
  } finally {
    tail.close()
  }
}

/** An event as it is sent, by its line; nothing of a damaged one, or one that is known. */
function message(line: string, after: number): string {
  const [event] = parsedEvent(line)
  if (!event || !Number.isSafeInteger(event.id) || event.id <= after) return ''
  if (!/^[\w.]+$/.test(event.type)) return ''
  return `event: ${event.type}\ndata: ${line}\nid: ${event.id}\n\n`
}

async function jsonBody(request: {
  text(): Promise<string>
  header(name: string): string | undefined
}) {
  // A form of another page cannot send this type without being asked.
  if (!/^application\/json\b/.test(request.header('content-type') ?? ''))
    throw new UserError({
      code: 'not-json',
      path: 'content-type',
      expected: 'application/json',
      got: request.header('content-type') ?? 'none',
    })
  return parseBoundedJson(await request.text(), 'body')
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new UserError(
    result.error.issues.map(({ path, message }) => ({
      code: 'wrong-value',
      path: path.join('.'),
      expected: message,
      got:
        JSON.stringify(
          path.reduce<unknown>(
            (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
            value,
          ),
        ) ?? 'nothing',
    })),
  )
}

function refused(code: string, expected: string, got: string) {
  return { ok: false, problems: [{ code, expected, got }] }
}
