import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RunEvent } from '../run/events.ts'
import { type MlflowMetric, mlflowClient } from './mlflow.ts'
import { openMlflow } from './mlflow-tracker.ts'
import { paramsOf } from './open-trackers.ts'
import { metricEvent, stepEvent } from './testing/track.ts'

/** What a server would keep. */
interface Kept {
  experiments: string[]
  runs: { run_name: string; status: string; end: number | null }[]
  metrics: MlflowMetric[]
  params: { key: string; value: string }[]
  authorization: (string | undefined)[]
  refuse: number
}

let folder: string
let kept: Kept
let server: ReturnType<typeof serve>
let url: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-mlflow-'))
  kept = { experiments: [], runs: [], metrics: [], params: [], authorization: [], refuse: 0 }
  const app = new Hono().basePath('/api/2.0/mlflow')
  app.use(async (context, next) => {
    kept.authorization.push(context.req.header('authorization'))
    if (kept.refuse-- > 0) return context.json({ error_code: 'TEMPORARILY_UNAVAILABLE' }, 503)
    return next()
  })
  app.get('/experiments/get-by-name', (context) => {
    const at = kept.experiments.indexOf(context.req.query('experiment_name') ?? '')
    return at < 0
      ? context.json({ error_code: 'RESOURCE_DOES_NOT_EXIST' }, 404)
      : context.json({ experiment: { experiment_id: String(at) } })
  })
  app.post('/experiments/create', async (context) => {
    kept.experiments.push((await context.req.json()).name)
    return context.json({ experiment_id: String(kept.experiments.length - 1) })
  })
  app.post('/runs/create', async (context) => {
    const { run_name } = await context.req.json()
    kept.runs.push({ run_name, status: 'RUNNING', end: null })
    return context.json({ run: { info: { run_id: String(kept.runs.length - 1) } } })
  })
  app.post('/runs/log-batch', async (context) => {
    const { metrics = [], params = [] } = await context.req.json()
    if (metrics.length > 1000 || params.length > 100) return context.json({}, 400)
    kept.metrics.push(...metrics)
    kept.params.push(...params)
    return context.json({})
  })
  app.post('/runs/update', async (context) => {
    const { run_id, status, end_time } = await context.req.json()
    Object.assign(kept.runs[run_id], { status, end: end_time ?? null })
    return context.json({})
  })
  await new Promise<void>((done) => {
    server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, (info) => {
      url = `http://127.0.0.1:${(info as AddressInfo).port}`
      done()
    })
  })
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

const open = (past: readonly RunEvent[] = [], warn: (message: string) => void = () => {}) =>
  openMlflow({
    client: mlflowClient(url, { MLFLOW_TRACKING_TOKEN: 'secret' }),
    url,
    experiment: 'mine',
    runName: 'run',
    params: paramsOf({ method: { id: 'blur' }, train: { steps: 3, schedule: 'constant' } }),
    stateFile: join(folder, 'mlflow.json'),
    past,
    warn,
    everyMilliseconds: 20,
  })
const finished: RunEvent = {
  ...{ id: 101, ts: '2026-01-01T00:00:00.000Z', runId: 'r', step: 3 },
  ...{ type: 'run.finished', seconds: 1, tokens: 2, peakBytes: 3 },
}
const lossesSent = () =>
  kept.metrics.filter(({ key }) => key === 'loss/forget').map(({ step, value }) => [step, value])

test('makes experiment and run, sends parameters and numbers, and says how it ended', async () => {
  const tracker = open()
  for (const step of [1, 2, 3]) tracker.listen(stepEvent(step, { forget: step / 2, retain: 1 }))
  tracker.listen(metricEvent('forget.rougeL', 'after', 0.2, 3, 98))
  tracker.listen(metricEvent('forget.rougeL', 'before', 0.9, 3, 99))
  tracker.listen(finished)
  await tracker.close()
  expect(kept.experiments).toEqual(['mine'])
  expect(kept.runs).toEqual([{ run_name: 'run', status: 'FINISHED', end: expect.any(Number) }])
  expect(kept.params).toContainEqual({ key: 'method.id', value: 'blur' })
  expect(kept.params).toContainEqual({ key: 'train.steps', value: '3' })
  expect(lossesSent()).toEqual([
    [1, 0.5],
    [2, 1],
    [3, 1.5],
  ])
  const rouge = kept.metrics.filter(({ key }) => key === 'forget/rougeL')
  expect(rouge.map(({ step, value }) => [step, value])).toEqual([
    [3, 0.2],
    [0, 0.9],
  ])
  expect(new Set(kept.authorization)).toEqual(new Set(['Bearer secret']))
})

test('a resumed run goes on in the same run, without a point twice and without a gap', async () => {
  const events = [1, 2, 3].map((step) => stepEvent(step, { forget: step, retain: null }))
  const first = open()
  for (const event of events.slice(0, 2)) first.listen(event)
  await first.close()
  expect(kept.runs[0].status).toBe('KILLED')
  // The third was logged when the process died, and not sent; the state is of step 1, so 2 and 3 are done again.
  const second = open(events)
  second.listen({ ...finished, id: 4, type: 'run.resumed', step: 1, statePath: 's' } as RunEvent)
  for (const step of [2, 3, 4])
    second.listen(stepEvent(step, { forget: step, retain: null }, step + 10))
  second.listen(finished)
  await second.close()
  expect(lossesSent()).toEqual([1, 2, 3, 4].map((step) => [step, step]))
  expect(kept.runs).toHaveLength(1)
  expect(kept.runs[0].status).toBe('FINISHED')
})

test('a server that refuses for a while gets everything, after one warning', async () => {
  kept.refuse = 3
  const warn = vi.fn()
  const tracker = open([], warn)
  tracker.listen(stepEvent(1, { forget: 1, retain: null }))
  await vi.waitFor(() => expect(lossesSent()).toHaveLength(1))
  tracker.listen(stepEvent(2, { forget: 2, retain: null }))
  await tracker.close()
  expect(lossesSent()).toHaveLength(2)
  expect(warn).toHaveBeenCalledTimes(1)
  expect(warn.mock.calls[0][0]).toContain('503')
})

test('without a server a run ends as ever', async () => {
  server.close()
  const warn = vi.fn()
  const tracker = open([], warn)
  tracker.listen(stepEvent(1, { forget: 1, retain: null }))
  tracker.listen(finished)
  await tracker.close()
  expect(warn).toHaveBeenCalledTimes(1)
  expect(existsSync(join(folder, 'mlflow.json'))).toBe(false)
})

test('a long run goes in pieces that a server takes', async () => {
  const tracker = open()
  for (let step = 1; step <= 600; step++) tracker.listen(stepEvent(step, { forget: 1, retain: 2 }))
  await tracker.close()
  expect(lossesSent()).toHaveLength(600)
})

test.each([
  ['another page', '<html>', /get-by-name: expected an answer of MLflow, got <html>/],
  ['other fields', '{"experiment":null}', /get-by-name: expected an answer of MLflow, got/],
  ['more than an answer has', `"${'x'.repeat(2 ** 21)}"`, /at most 1048576 bytes, got more/],
])('%s is no answer', async (_, text, message) => {
  const app = new Hono().get('*', (context) => context.body(text))
  const other = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise((done) => other.once('listening', done))
  const { port } = other.address() as AddressInfo
  await expect(mlflowClient(`http://127.0.0.1:${port}`, {}).experiment('e')).rejects.toThrow(
    message,
  )
  other.close()
})
