import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FakeHub, hubToken, startFakeHub } from '../../hub/testing/fake-hub.ts'
import { runCaptured } from '../testing/terminal.ts'

let hub: FakeHub
let cwd: string
const push = (argv: string[], env: Record<string, string> = {}) =>
  runCaptured(['push', ...argv], {
    cwd,
    env: { HF_ENDPOINT: `${hub.url}/`, HF_TOKEN: hubToken, ...env },
  })
const content = (file: string) => readFile(join(cwd, 'runs/takedown/model', file))

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lethe-push-'))
  const model = join(cwd, 'runs/takedown/model')
  await cp('test/golden/llama-text', model, { recursive: true })
  await writeFile(join(model, 'README.md'), '# A card\n')
  await writeFile(join(model, 'notes.txt'), 'nobody else’s business')
  await writeFile(join(model, '.env'), 'KEY=1')
  await writeFile(join(cwd, 'runs/takedown/events.jsonl'), '')
  await cp('test/golden/llama-sharded', join(cwd, 'sharded'), { recursive: true })
  await mkdir(join(cwd, 'begun'))
  await writeFile(join(cwd, 'begun/events.jsonl'), '')
})
afterAll(() => rm(cwd, { recursive: true }))
beforeEach(async () => {
  hub = await startFakeHub()
})
afterEach(() => hub.close())

test('a run is sent with its card, in one commit, to a repository that is made for it', async () => {
  const { code, out, err } = await push(['runs/takedown', '--to', 'me/takedown', '--private'])
  expect([code, out]).toEqual([0, `${hub.url}/me/takedown\n`])
  const made = hub.repositories.get('me/takedown')
  expect(made).toMatchObject({
    private: true,
    titles: [expect.stringMatching(/^Upload takedown with Lethe \d/)],
  })
  expect([...(made?.files.keys() ?? [])].sort()).toEqual([
    '.gitattributes',
    'README.md',
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ])
  for (const file of ['README.md', 'tokenizer.json', 'model.safetensors'])
    expect(made?.files.get(file)?.equals(await content(file))).toBe(true)
  expect(err).toMatch(/model\.safetensors +[\d.]+ kB\n/)
  expect(err).toContain('not sent: .env, golden.json, golden.safetensors, notes.txt')
  expect(err.indexOf('6 files, ')).toBeLessThan(err.indexOf('sent model.safetensors'))
})

test('large files go in parts where the hub wants parts, and shards with their index', async () => {
  hub.partBytes = 1000
  const { code, out, err } = await push(['sharded', '--to', 'me/parts', '--json'])
  expect([code, JSON.parse(out)]).toMatchObject([
    0,
    { ok: true, commit: 'c0ffee', created: true, deleted: [] },
  ])
  expect(err).toContain('no README.md: the repository gets no model card')
  const files = hub.repositories.get('me/parts')?.files
  for (const file of [1, 2].map((n) => `model-0000${n}-of-00002.safetensors`))
    expect(files?.get(file)?.equals(await readFile(join(cwd, 'sharded', file)))).toBe(true)
  expect(files?.has('model.safetensors.index.json')).toBe(true)
  expect(hub.asked.filter((line) => line.endsWith('/complete'))).toHaveLength(2)
})

test('a dry run says the same and asks nothing of the network', async () => {
  const { code, out, err } = await push(['runs/takedown', '--to', 'me/x', '--dry-run'], {
    HF_TOKEN: '',
  })
  expect([code, err, hub.asked]).toEqual([0, '', []])
  expect(out).toMatch(/README\.md +9 B\n/)
  expect(out).toMatch(new RegExp(`6 files, .*kB, would be sent to ${hub.url}/me/x\n$`))
  const asJson = await push(['runs/takedown', '--to', 'me/x', '--dry-run', '--json'])
  expect(JSON.parse(asJson.out)).toMatchObject({ ok: true, dryRun: true, repository: 'me/x' })
})

test('after a push that broke, nothing shows, and the next one sends what is missing', async () => {
  hub.refusals = 1
  const broken = await push(['runs/takedown', '--to', 'me/again'])
  expect(broken.code).toBe(2)
  expect(broken.err).toMatch(/me\/again: expected the hub to take the model, got 500: storage/)
  expect(broken.err).not.toMatch(/hf_secret|signature/)
  expect(hub.repositories.get('me/again')?.titles).toEqual([])
  const again = await push(['runs/takedown', '--to', 'me/again', '--json'])
  expect(JSON.parse(again.out)).toMatchObject({ ok: true, created: false })
  hub.asked.length = 0
  expect((await push(['runs/takedown', '--to', 'me/again'])).code).toBe(0)
  expect(hub.asked.filter((line) => line.startsWith('PUT'))).toEqual([])
})

test('weights of another model are not left beside the new ones', async () => {
  await push(['runs/takedown', '--to', 'me/other'])
  const refused = await push(['sharded', '--to', 'me/other'])
  expect(refused.code).toBe(2)
  expect(refused.err).toMatch(/expected no weights beside .* got model\.safetensors\. .*--replace/)
  expect(hub.repositories.get('me/other')?.titles).toHaveLength(1)
  const replaced = await push(['sharded', '--to', 'me/other', '--replace', '--json'])
  expect(JSON.parse(replaced.out)).toMatchObject({ deleted: ['model.safetensors'] })
  const files = [...(hub.repositories.get('me/other')?.files.keys() ?? [])]
  expect(files.filter((file) => file.endsWith('.safetensors'))).toHaveLength(2)
})

test('--private refuses a repository that everybody sees', async () => {
  await push(['runs/takedown', '--to', 'me/public'])
  const { code, err } = await push(['runs/takedown', '--to', 'me/public', '--private'])
  expect(code).toBe(2)
  expect(err).toContain('me/public: expected a private repository, as --private says, got one')
  expect(hub.repositories.get('me/public')?.titles).toHaveLength(1)
})

test.each([
  [
    'no token',
    ['runs/takedown', '--to', 'me/x'],
    { HF_TOKEN: '' },
    /HF_TOKEN.*got nothing.*export/,
  ],
  [
    'another variable',
    ['runs/takedown', '--to', 'me/x', '--token-env', 'TEAM'],
    {},
    /write access in TEAM/,
  ],
  [
    'no token of a hub',
    ['runs/takedown', '--to', 'me/x'],
    { HF_TOKEN: 'abc' },
    /got something else/,
  ],
  ['a token for a name', ['runs/takedown', '--to', 'me/x', '--token-env', hubToken], {}, /revoke/],
  [
    'no repository',
    ['runs/takedown', '--to', 'takedown'],
    {},
    /expected owner\/name, got takedown/,
  ],
  [
    'no model',
    ['runs', '--to', 'me/x'],
    {},
    /runs: expected a model folder .* got a folder without config\.json/,
  ],
  [
    'no folder',
    ['nowhere', '--to', 'me/x'],
    {},
    /nowhere: expected a model folder .* got nothing there/,
  ],
  ['no model yet', ['begun', '--to', 'me/x'], {}, /written none yet.*lethe resume/],
])('refuses %s before it asks the hub', async (_, argv, env, message) => {
  const { code, out, err } = await push(argv, env as Record<string, string>)
  expect([code, out, hub.asked]).toEqual([2, '', []])
  expect(err).toMatch(message)
  expect(err).not.toContain(hubToken)
})

test('what the hub refuses says why, and what to do', async () => {
  const refused = async (to: string, env = {}) =>
    (await push(['runs/takedown', '--to', to], env)).err
  expect(await refused('not-mine/x')).toMatch(/write to not-mine\/x, got 403: You may not create/)
  hub.repositories.set('not-mine/y', { private: false, files: new Map(), titles: [] })
  expect(await refused('not-mine/y')).toMatch(/got 403: You have no write access\. Give the token/)
  expect(await refused('me/x', { HF_TOKEN: 'hf_old' })).toMatch(
    /got 401: Invalid.*settings\/tokens/,
  )
  expect(await refused('me/x', { HF_ENDPOINT: 'http://127.0.0.1:9' })).toMatch(
    /127\.0\.0\.1:9: expected a connection to the hub/,
  )
})
