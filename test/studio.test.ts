import { appendFileSync, existsSync, symlinkSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { createEngine } from '../src/engine/node-engine.ts'
import { lockName } from '../src/files/hold-folder.ts'
import { renewModelCard } from '../src/run/renew-card.ts'
import { openRunFolder } from '../src/run/run-folder.ts'
import { runRecipe, tinyRecipe } from '../src/run/testing/tiny-run.ts'
import { reachedAt } from '../src/studio/addresses.ts'
import { writeBundle } from '../src/studio/bundle.ts'
import { downsample } from '../src/studio/downsample.ts'
import { createStudio, startStudio } from '../src/studio/server.ts'
import { cli } from './helpers/cli.ts'
import { freePort } from './helpers/free-port.ts'

let root: string
let runs: string
let port: number
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-studio-'))
  runs = join(root, 'runs')
  const engine = await createEngine()
  for (const name of ['blur', 'npo']) {
    const settings = { method: { id: name }, train: { epochs: 1 } }
    const recipe = await tinyRecipe(runs, name, settings)
    await runRecipe(engine, recipe)
    // The command line writes it; it is YAML as well.
    await cp(recipe, join(runs, name, 'recipe.yaml'))
  }
  engine.dispose()
  await mkdir(join(root, 'secret'))
  await cp(join(runs, 'blur', 'events.jsonl'), join(root, 'secret', 'events.jsonl'))
  symlinkSync(join(root, 'secret'), join(runs, 'link'))
  port = await freePort()
}, 120_000)
afterAll(() => rm(root, { recursive: true }))

const options = () => ({ root: runs, cwd: root, env: {}, host: '127.0.0.1', port, token: null })
const ask = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  createStudio(options()).request(`http://127.0.0.1:${port}${path}`, {
    ...init,
    headers: { host: `127.0.0.1:${port}`, ...init.headers },
  })
const json = async (path: string, init?: Parameters<typeof ask>[1]) => {
  const response = await ask(path, init)
  // biome-ignore lint/suspicious/noExplicitAny: replies of many shapes, checked below
  return { status: response.status, body: (await response.json()) as any }
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  json(path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

test('a value that is nested without an end, or no YAML, is a mistake of the form and no fault of the studio', async () => {
  for (const value of ['['.repeat(900), '{a: '.repeat(900), '- '.repeat(900), '[', '&a [*a]']) {
    const query = `method.beta=${encodeURIComponent(value)}&model=${encodeURIComponent(value)}`
    const { status } = await ask(`/new?${query}`)
    expect(status, value.slice(0, 9)).toBe(200)
    const recipe = `model: ${value}\noutput: runs/x`
    expect((await post('/api/runs', { recipe })).status).toBe(422)
  }
})

describe('over finished runs alone', () => {
  test('lists them, with what they measured', async () => {
    const { body } = await json('/api/runs')
    expect(
      body.runs.map(({ id, state, method }: Record<string, string>) => [id, state, method]),
    ).toEqual([
      ['blur', 'finished', 'blur'],
      // The link is no folder of its own.
      ['npo', 'finished', 'npo'],
    ])
    expect(body.runs[0].after['forget.probability']).toEqual(expect.any(Number))
  })

  test('answers stand beside those of another run; losses are a small picture', async () => {
    const page = await (await ask('/runs/blur/samples?set=forget&beside=npo')).text()
    expect(page).toContain('<th scope="col" class="user">npo</th>')
    expect(page).toMatch(/\d+ of \d+/)
    const spark = await ask('/runs/blur/spark.svg')
    expect(spark.headers.get('content-type')).toBe('image/svg+xml')
    expect((await spark.text()).match(/<path /g)).toHaveLength(2)
  })

  test('the playground is isolated, so that its threads may share memory', async () => {
    const { headers } = await ask('/playground/')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  })

  test('gives recipe, metrics, curves, samples and a comparison', async () => {
    const run = await json('/api/runs/blur')
    expect(run.body.metrics.before['retain.rougeL']).toEqual(expect.any(Number))
    const series = await json('/api/runs/blur/series?value=losses.forget&buckets=2')
    expect(series.body.points.length).toBeLessThanOrEqual(4)
    expect(series.body.points[0]).toEqual([1, expect.any(Number)])
    const samples = await json('/api/runs/blur/samples?set=forget&phase=after&search=styx')
    expect(samples.body.total).toBe(1)
    expect(samples.body.samples[0].reference).toMatch(/^Styx/)
    const compared = await json('/api/compare?run=blur&run=npo')
    expect(compared.body.rows).toHaveLength(2)
    const methods = await json('/api/methods')
    expect(methods.body.map(({ id }: { id: string }) => id)).toContain('blur')
  })

  test('the description names every path, with the schemas that requests are checked by', async () => {
    const { body } = await json('/api/openapi.json')
    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(body.paths)).toContain('/api/runs/{id}/events')
    const query = body.paths['/api/runs/{id}/series'].get.parameters
    expect(query.map(({ name }: { name: string }) => name)).toEqual(['id', 'value', 'buckets'])
    const wrong = await json('/api/runs/blur/series?value=losses.forget&buckets=0')
    expect(wrong).toMatchObject({
      status: 422,
      body: { problems: [{ path: 'buckets', got: '"0"' }] },
    })
  })

  test('pages: a table with filters in the address, a report, a comparison, errors', async () => {
    const all = await (await ask('/')).text()
    expect(all).toContain('2 of 2')
    expect(await (await ask('/?q=np')).text()).toContain('1 of 2')
    expect(await (await ask('/runs/blur')).text()).toContain(
      '<script src="/studio.js" defer data-run="blur" data-after="',
    )
    expect(await (await ask('/compare?run=blur&run=npo')).text()).toContain(
      'Forgetting and utility',
    )
    expect(await (await ask('/methods')).text()).toContain('<section id="blur">')
    const missing = await ask('/runs/blue')
    expect([missing.status, await missing.text()]).toEqual([
      404,
      expect.stringContaining('Did you mean'),
    ])
  })
})

test('a bundle is pages with links that hold without a server', async () => {
  const output = join(root, 'site')
  expect(await writeBundle(runs, output)).toEqual({ runs: 2, notCompared: null })
  const index = await readFile(join(output, 'index.html'), 'utf8')
  for (const [, link] of index.matchAll(/href="([^"]+\.html)"/g))
    expect(await readFile(join(output, link), 'utf8')).toMatch(/^<!doctype html>/)
  expect(index.match(/href="runs\//g)).toHaveLength(2)
})

test('a bundle and a card say nothing of the machine, whatever its recipe and log say', async () => {
  const folder = join(root, 'private')
  const run = join(folder, 'run')
  await cp(join(runs, 'npo'), run, { recursive: true })
  try {
    const home = '/home/jane doe'
    const secrets = ['jane', 'hunter2', 's3cret', '/srv/', 'hf_abcdefghij']
    const recipe = parse(await readFile(join(run, 'recipe.yaml'), 'utf8'))
    const told = {
      ...recipe,
      model: `${home}/models/base`,
      output: `${home}/runs/run`,
      forget: { ...recipe.forget, path: `${home}/forget.jsonl`, refusals: '~jane/no.txt' },
      retain: { ...recipe.retain, path: '../../jane/retain.jsonl' },
      plugins: [{ path: 'C:\\Users\\jane\\loss.ts', sha256: '0' }],
      evaluate: { ...recipe.evaluate, benchmark: '/srv/data/own.yaml' },
      track: {
        mlflow: { url: 'https://jane:hunter2@host/a?token=s3cret', experiment: 'hf_abcdefghij' },
      },
    }
    await writeFile(join(run, 'recipe.yaml'), `# lethe run /srv/r/a.yaml\n${stringify(told)}`)
    const log = (await readFile(join(run, 'events.jsonl'), 'utf8')).trimEnd().split('\n')
    const events = log.map((line) => {
      const event = JSON.parse(line)
      if (event.type !== 'run.started') return event
      const data = {
        forget: { ...event.data.forget, path: `${home}/forget.jsonl` },
        retain: { ...event.data.retain, path: '/srv/data/retain.jsonl' },
      }
      return { ...event, model: { ...event.model, name: `${home}/models/base` }, data }
    })
    const failed = {
      ...events.at(-1),
      type: 'run.failed',
      message: 'ENOENT /srv/x/f.jsonl: none',
      problems: [],
    }
    const lines = [...events, failed].map((event) => `${JSON.stringify(event)}\n`)
    await writeFile(join(run, 'events.jsonl'), lines.join(''))
    await renewModelCard(openRunFolder(run))
    const site = join(root, 'published')
    await writeBundle(folder, site)
    const pages = ['index.html', 'runs/run.html', 'runs/run-answers.html', 'compare.html']
    const texts = [
      await readFile(join(run, 'model', 'README.md'), 'utf8'),
      ...(await Promise.all(pages.map((page) => readFile(join(site, page), 'utf8')))),
    ]
    for (const text of texts) {
      for (const secret of [...secrets, root]) expect(text).not.toContain(secret)
      expect(text.length).toBeGreaterThan(1000)
    }
    expect(texts[0]).toContain('forget.jsonl')
    expect(texts[0]).toContain('https://host/a')
  } finally {
    await rm(folder, { recursive: true })
  }
})

describe('what must not happen', () => {
  test('a foreign Host or Origin is refused', async () => {
    expect((await json('/api/runs', { headers: { host: `evil.example:${port}` } })).status).toBe(
      403,
    )
    const origin = await json('/api/runs', { headers: { origin: 'https://evil.example' } })
    expect(origin.body.problems[0]).toMatchObject({ path: 'Origin', got: 'https://evil.example' })
    expect(
      (await json('/api/runs', { headers: { origin: `http://127.0.0.1:${port}` } })).status,
    ).toBe(200)
  })

  test('no path leads out of the runs folder, not by dots and not by a link', async () => {
    for (const id of ['..%2Fsecret', '%2Fetc', 'blur%2F..%2F..%2Fsecret', 'link'])
      for (const path of [`/api/runs/${id}`, `/api/runs/${id}/events`, `/runs/${id}`]) {
        const response = await ask(path)
        expect([path, response.status >= 400]).toEqual([path, true])
        expect(await response.text()).not.toContain('run.started')
      }
  })

  test('a recipe that writes outside is not run, nor one that is wrong', async () => {
    const outside = await post('/api/runs', { recipe: 'model: m\noutput: ../elsewhere\n' })
    expect(outside).toMatchObject({ status: 422, body: { problems: [{ code: 'outside' }] } })
    symlinkSync(join(root, 'not-there-yet'), join(runs, 'dangling'))
    symlinkSync(join(runs, 'circle'), join(runs, 'circle'))
    for (const output of ['link', 'link/new', 'link/a/b', 'dangling', 'dangling/new', 'circle/new'])
      expect(
        await post('/api/runs', { recipe: `model: m\noutput: runs/${output}\n` }),
        output,
      ).toMatchObject({ status: 422, body: { problems: [{ code: 'outside' }] } })
    await rm(join(runs, 'dangling'))
    await rm(join(runs, 'circle'))
    const wrong = await post('/api/runs', { recipe: 'model: m\nmethod: nop\noutput: runs/x\n' })
    expect(wrong.status).toBe(422)
    expect(wrong.body.problems.map(({ code }: { code: string }) => code)).toContain('missing')
  })

  test('no page of another site can pause, stop or start, and nothing beside a run leads out', async () => {
    const foreign = { origin: 'http://evil.example' }
    for (const path of ['/runs', '/runs/blur/pause', '/runs/blur/stop', '/runs/blur/resume'])
      expect([path, (await ask(path, { method: 'POST', headers: foreign })).status]).toEqual([
        path,
        403,
      ])
    for (const beside of ['../secret', 'link', '..%2Fsecret'])
      expect((await ask(`/runs/blur/samples?beside=${beside}`)).status).toBe(404)
    for (const path of ['/playground/../../package.json', '/playground/..%2f..%2fpackage.json']) {
      const said = await ask(path)
      expect(said.status === 200 && (await said.text()).includes('"lethe"')).toBe(false)
    }
  })

  test('a huge body, a form of another page, and what is no JSON are refused', async () => {
    expect((await post('/api/runs', `"${'x'.repeat(2 ** 20)}"`)).status).toBe(413)
    expect(
      (
        await post('/api/runs', '{}', {
          'content-type': 'text/plain',
          origin: `http://127.0.0.1:${port}`,
        })
      ).status,
    ).toBe(422)
    expect((await post('/api/runs', '{')).body.problems[0].position.file).toBe('body')
    expect((await post('/api/runs/blur/stop', {})).status).toBe(409)
  })

  test('a form that is none is 400, a body of 100 GB is 413 before any of it is read', async () => {
    const own = { origin: `http://127.0.0.1:${port}` }
    const form = { ...own, 'content-type': 'multipart/form-data; boundary=x' }
    for (const body of ['no part', '--x\r\nContent-Disposition: form-data'])
      expect((await ask('/runs', { method: 'POST', headers: form, body })).status).toBe(400)
    const nameless = { ...own, 'content-type': 'multipart/form-data' }
    expect((await ask('/runs', { method: 'POST', headers: nameless, body: 'x' })).status).toBe(400)
    let read = false
    const never = new ReadableStream(
      {
        pull() {
          read = true
        },
      },
      { highWaterMark: 0 },
    )
    for (const path of ['/runs', '/runs/blur/pause', '/api/runs', '/api/plan']) {
      const headers = { ...own, 'content-length': '100000000000' }
      const init = { method: 'POST', headers, body: never, duplex: 'half' }
      const { status } = await ask(path, init as RequestInit & { headers: Record<string, string> })
      expect([path, status, read]).toEqual([path, 413, false])
    }
  })

  test('what a browser says of another site is heard, be there an Origin or not', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const posted = async (headers: Record<string, string>) =>
      (await ask('/runs', { method: 'POST', headers: { ...form, ...headers }, body: 'recipe=' }))
        .status
    for (const site of ['cross-site', 'same-site'])
      expect(await posted({ 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' })).toBe(403)
    expect(await posted({})).toBe(403)
    expect(await posted({ origin: 'null' })).toBe(403)
    expect(await posted({ 'sec-fetch-site': 'same-origin' })).toBe(404)
    // An image, a script or a request of another page, but a link is followed.
    const foreign = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
    const image = { ...foreign, 'sec-fetch-dest': 'image' }
    expect((await ask('/api/runs/npo/events', { headers: image })).status).toBe(403)
    expect((await ask('/runs/npo/spark.svg', { headers: image })).status).toBe(403)
    const link = { ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect((await ask('/', { headers: link })).status).toBe(200)
    const framed = { ...link, 'sec-fetch-dest': 'iframe' }
    expect((await ask('/', { headers: framed })).status).toBe(403)
  })

  test('another host is of use: any name of the machine, and links without the token', async () => {
    const app = createStudio({ ...options(), host: '0.0.0.0', token: 'secret' })
    const asked = (path: string, headers: Record<string, string>) =>
      app.request(`http://10.0.0.7:${port}${path}`, {
        headers: { host: `10.0.0.7:${port}`, accept: 'text/html', ...headers },
      })
    const first = await asked('/runs/npo?scale=log&token=secret', {})
    expect([first.status, first.headers.get('location')]).toEqual([303, '/runs/npo?scale=log'])
    const cookie = first.headers.get('set-cookie') as string
    expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/)
    expect((await asked('/runs/npo', { cookie: cookie.split(';')[0] })).status).toBe(200)
    expect((await asked('/runs/npo', { cookie: `lethe-${port}=other` })).status).toBe(401)
    expect((await asked('/runs/npo', {})).status).toBe(401)
    const v4 = (address: string, internal: boolean) =>
      [{ address, internal, family: 'IPv4', netmask: '', mac: '', cidr: null }] as never
    const interfaces = { lo: v4('127.0.0.1', true), eth0: v4('10.0.0.7', false) }
    expect(reachedAt('0.0.0.0', 80, interfaces)).toBe('http://10.0.0.7:80/')
    expect(reachedAt('::', 80, {})).toBe('http://localhost:80/')
    expect(reachedAt('fe80::1', 80, interfaces)).toBe('http://[fe80::1]:80/')
  })

  test('beyond this machine a token is asked for', async () => {
    expect(() => createStudio({ ...options(), host: '0.0.0.0' })).toThrow('token')
    const app = createStudio({ ...options(), host: '0.0.0.0', token: 'secret' })
    const status = async (headers: Record<string, string>, query = '') => {
      const url = `http://127.0.0.1:${port}/api/runs${query}`
      return (await app.request(url, { headers: { host: `127.0.0.1:${port}`, ...headers } })).status
    }
    expect(await status({})).toBe(401)
    expect(await status({ authorization: 'Bearer secre' })).toBe(401)
    expect(await status({ authorization: 'Bearer secret' })).toBe(200)
    expect(await status({}, '?token=secret')).toBe(200)
  })
})

describe('events as they come', () => {
  /** Reads a stream until it has so many events, then leaves. */
  async function read(run: string, count: number, lastEventId?: number): Promise<number[]> {
    const abort = new AbortController()
    const response = await fetch(`http://127.0.0.1:${port}/api/runs/${run}/events`, {
      signal: abort.signal,
      ...(lastEventId !== undefined && { headers: { 'last-event-id': String(lastEventId) } }),
    })
    let text = ''
    const ids: number[] = []
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(piece)
      ids.splice(
        0,
        ids.length,
        ...[...text.matchAll(/^id: (\d+)\n\n/gm)].map((match) => Number(match[1])),
      )
      if (ids.length >= count) break
    }
    abort.abort()
    return ids.slice(0, count)
  }

  test('a hundred readers miss nothing, one that never reads holds nobody up, a reload goes on', async () => {
    const studio = await startStudio(options())
    const stored = (await readFile(join(runs, 'npo', 'events.jsonl'), 'utf8')).trimEnd().split('\n')
    const ids = stored.map((line) => JSON.parse(line).id)
    const silent = connect(port, '127.0.0.1')
    silent.pause()
    silent.write(`GET /api/runs/npo/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    try {
      const all = await Promise.all(Array.from({ length: 100 }, () => read('npo', ids.length)))
      for (const seen of all) expect(seen).toEqual(ids)
      expect(await read('npo', 3, ids[4])).toEqual(ids.slice(5, 8))
      // What comes later reaches a reader that is already there.
      const next = read('npo', 1, ids.at(-1))
      await new Promise((done) => setTimeout(done, 300))
      const line = JSON.stringify({ ...JSON.parse(stored.at(-1) as string), id: 1000 })
      appendFileSync(join(runs, 'npo', 'events.jsonl'), `${line}\n`)
      expect(await next).toEqual([1000])
    } finally {
      silent.destroy()
      await studio.close()
    }
  })
})

test.skipIf(!existsSync(cli))(
  'a run is planned and started in a process of its own, once',
  async () => {
    const recipe = await readFile(await tinyRecipe(root, 'unused', { train: { steps: 2 } }), 'utf8')
    const own = JSON.stringify({ ...JSON.parse(recipe), output: 'runs/started' })
    const { body } = await post('/api/plan', { recipe: own })
    expect(body).toMatchObject({ ok: true, plan: { totalSteps: 2, seconds: expect.any(Number) } })
    expect(await post('/api/runs', { recipe: own })).toMatchObject({
      status: 202,
      body: { ok: true, id: 'started' },
    })
    const again = await post('/api/runs', { recipe: own })
    expect(again).toMatchObject({ status: 422, body: { problems: [{ code: 'run-exists' }] } })
    const state = async () => (await json('/api/runs/started')).body.summary.state
    while (['interrupted', 'running'].includes(await state()))
      await new Promise((next) => setTimeout(next, 100))
    expect(await state()).toBe('finished')
    // Its process has still a report to write.
    while (existsSync(join(runs, 'started', lockName)))
      await new Promise((next) => setTimeout(next, 100))
    await rm(join(runs, 'started'), { recursive: true })
  },
  60_000,
)

test('no page of another site shows one of ours in a frame', async () => {
  const alone = "frame-ancestors 'none'"
  for (const path of ['/', '/runs/npo', '/runs/none', '/api/runs', '/api/runs/none', '/nothing'])
    expect((await ask(path)).headers.get('content-security-policy')).toBe(alone)
  const refused = await ask('/', { headers: { origin: 'http://evil.example' } })
  expect(refused.headers.get('content-security-policy')).toBe(alone)
  const broken = await ask('/runs', {
    method: 'POST',
    headers: { origin: `http://127.0.0.1:${port}`, 'content-type': 'multipart/form-data' },
    body: 'x',
  })
  expect(broken.headers.get('content-security-policy')).toBe(alone)
})

test('a damaged run takes no other out of the table, and its page says what is wrong', async () => {
  const folder = join(runs, 'torn')
  await mkdir(folder)
  try {
    const events = await readFile(join(runs, 'npo', 'events.jsonl'), 'utf8')
    for (const [log, metrics] of [
      [events, '{"before": {}}'],
      [events, '['.repeat(100_000)],
      ['{"type":"run.started","method":7}\n', ''],
      ['3\nnull\n{"type":7}\n', '{}'],
    ]) {
      await writeFile(join(folder, 'events.jsonl'), log)
      await writeFile(join(folder, 'metrics.json'), metrics)
      const { status, body } = await json('/api/runs')
      expect(status).toBe(200)
      const torn = body.runs.find(({ id }: { id: string }) => id === 'torn')
      expect(torn).toMatchObject({
        state: 'damaged',
        reason: expect.stringContaining('metrics.json'),
      })
      expect(body.runs.length).toBeGreaterThan(1)
      expect((await json('/api/runs/torn')).status).toBe(422)
      expect((await ask('/')).status).toBe(200)
      const page = await ask('/runs/torn')
      expect(page.status).toBeLessThan(500)
      expect(await page.text()).toMatch(/torn\/(events|metrics)\.json/)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('five hundred long runs are one table', async () => {
  const many = join(root, 'many')
  const started = (await readFile(join(runs, 'blur', 'events.jsonl'), 'utf8')).split('\n')
  const step = started.find((line) => line.includes('"type":"step"')) as string
  const log = [started[0], ...new Array(2000).fill(step), started.at(-2), ''].join('\n')
  for (let i = 0; i < 500; i++) {
    await mkdir(join(many, `run-${i}`), { recursive: true })
    await writeFile(join(many, `run-${i}`, 'events.jsonl'), log)
  }
  const app = createStudio({ ...options(), root: many })
  const response = await app.request(`http://127.0.0.1:${port}/`, {
    headers: { host: `127.0.0.1:${port}` },
  })
  const page = await response.text()
  expect(page).toContain('500 of 500')
  expect(page.indexOf('run-2<')).toBeLessThan(page.indexOf('run-10<'))
}, 60_000)

test('downsampling keeps ends, peaks and order', () => {
  const points = Array.from({ length: 10_000 }, (_, x): [number, number] => [x, Math.sin(x / 50)])
  points[777][1] = 9
  points[778][1] = -9
  const few = downsample(points, 100)
  expect(few.length).toBeLessThanOrEqual(202)
  expect([few[0], few.at(-1)]).toEqual([points[0], points.at(-1)])
  expect(few).toContainEqual([777, 9])
  expect(few).toContainEqual([778, -9])
  expect(few.map(([x]) => x)).toEqual(few.map(([x]) => x).sort((a, b) => a - b))
  expect(
    downsample(
      [
        [0, 1],
        [1, Number.NaN],
        [2, 3],
      ],
      5,
    ),
  ).toEqual([
    [0, 1],
    [2, 3],
  ])
})
