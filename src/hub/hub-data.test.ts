import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { benchmarkSchema } from '../measure/benchmark.ts'
import { wantedData } from '../measure/rows/wanted-data.ts'
import { dataFolder } from './hub-data.ts'

const benchmark = benchmarkSchema.parse({
  id: 'mine',
  title: 'Mine',
  hub: 'me/mine',
  training: {
    forget: 'forget.json',
    retain: 'retain.json',
    studies: { again: { forget: ['again_1.json', 'again_2.json'], sequential: true } },
  },
  sets: {
    forget: { file: ['forget.jsonl', 'forget.json'] },
    extra: { file: 'extra.json', optional: true },
  },
  metrics: {},
  ranking: { forget: 'a', utility: 'b' },
})
let cache: string
let server: Server
let asked: string[] = []
let env: Record<string, string>
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'lethe-hub-'))
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim())
    const there = request.url === '/datasets/me/mine/resolve/main/forget.json'
    response.writeHead(there ? 200 : 404).end(there ? '[{"question":"q","answer":"a"}]' : '')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  env = { HF_ENDPOINT: `http://127.0.0.1:${port}`, HF_TOKEN: 'secret', LETHE_CACHE: cache }
})
afterAll(async () => {
  server.close()
  await rm(cache, { recursive: true })
})

test('a local folder is taken as it is, and nothing is fetched', async () => {
  expect(await dataFolder('./here', wantedData(benchmark), env)).toBe('./here')
  expect(asked).toEqual([])
})

test('from the hub each file is fetched once, kept, and checked by its hash', async () => {
  const folder = await dataFolder('hub:me/mine', wantedData(benchmark), env)
  expect(await readFile(join(folder, 'forget.json'), 'utf8')).toContain('"question"')
  expect(asked).toContain('/datasets/me/mine/resolve/main/forget.json Bearer secret')
  for (const name of ['retain', 'again_1', 'again_2'])
    expect(asked).toContain(`/datasets/me/mine/resolve/main/${name}.json Bearer secret`)
  const hash = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))['forget.json']
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  asked = []
  await dataFolder('hub:me/mine', wantedData(benchmark), env)
  expect(asked.filter((url) => url.includes('forget'))).toEqual([])
  await writeFile(join(folder, 'forget.json'), '[]')
  await expect(dataFolder('hub:me/mine', wantedData(benchmark), env)).rejects.toThrow(
    `expected SHA-256 ${hash}, as downloaded`,
  )
})

test('what is trained on is not fetched for an evaluation', async () => {
  asked = []
  await dataFolder('hub:me/evaluated', wantedData({ ...benchmark, training: null }), env).catch(
    () => {},
  )
  expect(asked.map((url) => url.replace(/.*main.(\S+).*/, '$1'))).toEqual([
    'forget.jsonl',
    'forget.json',
    'extra.json',
  ])
})

test('what cannot be had says why, and what to do', async () => {
  await expect(dataFolder('hub:me/other', wantedData(benchmark), env)).rejects.toThrow(
    /forget\.jsonl: 404.*Download the dataset yourself/,
  )
  const offline = { ...env, HF_ENDPOINT: 'http://127.0.0.1:1' }
  await expect(dataFolder('hub:me/other', wantedData(benchmark), offline)).rejects.toThrow(
    /no connection to/,
  )
  await expect(dataFolder('hub:mine', wantedData(benchmark), env)).rejects.toThrow('hub:me/mine')
})

test.each(['hub:../..', 'hub:me/..', 'hub:../mine', 'hub:./mine', 'hub:me/a..b', 'hub:-me/mine'])(
  '%s is no name of a dataset',
  async (name) => {
    asked = []
    await expect(dataFolder(name, wantedData(benchmark), env)).rejects.toThrow('hub:owner/name')
    expect(asked).toEqual([])
  },
)

test.each([
  '../../../../escaped.json',
  '/escaped.json',
  'data/../../escaped.json',
  'data//escaped.json',
  './escaped.json',
  'data\\..\\escaped.json',
  'C:escaped.json',
  'a.json?download=true',
])('a file called %s is not fetched, and nothing is written', async (file) => {
  asked = []
  const wanted = { hub: null, files: [{ names: [file], optional: false }] }
  await expect(dataFolder('hub:me/names', wanted, env)).rejects.toThrow(
    'expected the name of a file in the dataset',
  )
  expect(asked).toEqual([])
  expect(existsSync(join(cache, 'datasets', 'me', 'names'))).toBe(false)
})
