import * as z from 'zod'
import { packageVersion } from '../files/package.ts'
import { compareQuery, newRun, samplesQuery, seriesQuery, stopQuery } from './request-schemas.ts'

const schemas = { seriesQuery, samplesQuery, compareQuery, stopQuery, newRun }
type Name = keyof typeof schemas

/** What each operation is, and which of the schemas its query or body follows. */
const operations = [
  ['get', '/api/runs', 'Summaries of all runs.'],
  ['post', '/api/runs', 'Starts a run in a process of its own.', { body: 'newRun' }],
  ['get', '/api/runs/{id}', 'One run: summary, resolved recipe, metrics.'],
  [
    'get',
    '/api/runs/{id}/series',
    'A curve, at most two points a bucket.',
    { query: 'seriesQuery' },
  ],
  ['get', '/api/runs/{id}/samples', 'Measured examples.', { query: 'samplesQuery' }],
  ['get', '/api/runs/{id}/events', 'Events as they come (SSE); Last-Event-ID goes on after one.'],
  ['post', '/api/plan', 'What a recipe will take, a few steps timed.', { body: 'newRun' }],
  ['post', '/api/runs/{id}/stop', 'Stops a run.', { query: 'stopQuery' }],
  ['post', '/api/runs/{id}/resume', 'Goes on with a run.'],
  ['get', '/api/compare', 'Compares runs: run=… once for each.', { query: 'compareQuery' }],
  ['get', '/api/methods', 'Declarations of all methods.'],
] as const satisfies readonly (readonly [string, string, string, { body?: Name; query?: Name }?])[]

/** The OpenAPI 3.1 description, made of the schemas that requests are checked by. */
export function openApi(): object {
  const json = (name: Name) => z.toJSONSchema(schemas[name], { io: 'input' })
  const paths: Record<string, Record<string, object>> = {}
  for (const [verb, path, summary, uses = {}] of operations as readonly (readonly [
    string,
    string,
    string,
    { body?: Name; query?: Name }?,
  ])[]) {
    const inPath = path.includes('{id}')
      ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }]
      : []
    const inQuery = uses.query
      ? Object.entries(json(uses.query).properties ?? {}).map(([name, schema]) => ({
          name,
          in: 'query',
          schema,
        }))
      : []
    paths[path] = {
      ...paths[path],
      [verb]: {
        summary,
        parameters: [...inPath, ...inQuery],
        ...(uses.body && {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: json(uses.body) } },
          },
        }),
        responses: {
          [verb === 'post' ? '202' : '200']: { description: summary },
          '404': { description: 'No such run.' },
          '422': { description: 'Problems: code, path, expected, got, hint.' },
        },
      },
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Lethe studio', version: packageVersion() },
    paths,
  }
}
