import * as z from 'zod'

/** Metrics and parameters of one request; MLflow takes 1000 things at once, 100 of them parameters. */
export const batchLimits = { metrics: 800, params: 100 }
/** Characters of a parameter's value; older servers take 500. */
const longestValue = 500
const requestMilliseconds = 10_000
/** Far more than an answer to any of these has. */
const mostAnswerBytes = 2 ** 20

const experimentId = z.looseObject({ experiment_id: z.string() })
const answers = {
  found: z.looseObject({ experiment: experimentId }),
  created: experimentId,
  run: z.looseObject({ run: z.looseObject({ info: z.looseObject({ run_id: z.string() }) }) }),
  any: z.unknown(),
}

export interface MlflowMetric {
  readonly key: string
  readonly value: number
  readonly step: number
  /** milliseconds since 1970 */
  readonly timestamp: number
}

export type MlflowStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED'

/** The part of MLflow's REST interface that a run needs. */
export interface MlflowClient {
  /** The id of an experiment by its name; made if there is none. */
  experiment(name: string): Promise<string>
  /** @returns the id of the run */
  createRun(experiment: string, name: string, startedAt: number): Promise<string>
  log(
    run: string,
    metrics: readonly MlflowMetric[],
    params?: Readonly<Record<string, string>>,
  ): Promise<void>
  update(run: string, status: MlflowStatus, endedAt: number | null): Promise<void>
}

/**
 * Talks to a tracking server; each request is given up after ten seconds.
 *
 * @param env MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, as MLflow's own clients
 * @throws Error of what came, from every method
 * Source: mlflow.org/docs, REST API 2.0.
 */
export function mlflowClient(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): MlflowClient {
  const call = async <Answer>(
    method: 'GET' | 'POST',
    path: string,
    content: Record<string, unknown>,
    wanted: z.ZodType<Answer>,
  ): Promise<Answer> => {
    const query =
      method === 'GET' ? `?${new URLSearchParams(content as Record<string, string>)}` : ''
    const response = await fetch(`${url.replace(/\/+$/, '')}/api/2.0/mlflow/${path}${query}`, {
      method,
      headers: { 'content-type': 'application/json', ...authorization(env) },
      ...(method === 'POST' && { body: JSON.stringify(content) }),
      signal: AbortSignal.timeout(requestMilliseconds),
    })
    const text = await boundedText(response, path)
    if (response.ok) return answerOf(text, path, wanted)
    throw Object.assign(new Error(`${path}: ${response.status} ${text.slice(0, 200)}`), {
      status: response.status,
    })
  }
  const logBatch = (batch: Record<string, unknown>) =>
    call('POST', 'runs/log-batch', batch, answers.any)
  return {
    async experiment(name) {
      try {
        const asked = { experiment_name: name }
        const found = await call('GET', 'experiments/get-by-name', asked, answers.found)
        return found.experiment.experiment_id
      } catch (error) {
        if ((error as { status?: number }).status !== 404) throw error
        return (await call('POST', 'experiments/create', { name }, answers.created)).experiment_id
      }
    },
    async createRun(experiment, name, startedAt) {
      const run = {
        experiment_id: experiment,
        run_name: name,
        start_time: startedAt,
        tags: [{ key: 'mlflow.source.name', value: 'lethe' }],
      }
      return (await call('POST', 'runs/create', run, answers.run)).run.info.run_id
    },
    async log(run, metrics, params = {}) {
      const all = Object.entries(params).map(([key, value]) => ({
        key,
        value: value.length > longestValue ? `${value.slice(0, longestValue - 1)}…` : value,
      }))
      for (let i = 0; i < all.length; i += batchLimits.params)
        await logBatch({ run_id: run, params: all.slice(i, i + batchLimits.params) })
      for (let i = 0; i < metrics.length; i += batchLimits.metrics)
        await logBatch({ run_id: run, metrics: metrics.slice(i, i + batchLimits.metrics) })
    },
    async update(run, status, endedAt) {
      const end = endedAt === null ? {} : { end_time: endedAt }
      await call('POST', 'runs/update', { run_id: run, status, ...end }, answers.any)
    },
  }
}

/** The text of an answer, of which no more is taken into memory than one may have. */
async function boundedText(response: Response, path: string): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    length += piece.length
    if (length > mostAnswerBytes)
      throw new Error(`${path}: expected an answer of at most ${mostAnswerBytes} bytes, got more`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function answerOf<Answer>(text: string, path: string, wanted: z.ZodType<Answer>): Answer {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const { success, data } = wanted.safeParse(value)
  if (success) return data
  throw new Error(`${path}: expected an answer of MLflow, got ${text.slice(0, 80)}`)
}

function authorization(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const { MLFLOW_TRACKING_TOKEN: token } = env
  if (token) return { authorization: `Bearer ${token}` }
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = env
  if (!user || password === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}
