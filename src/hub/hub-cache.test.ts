import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hubCacheFolder, hubFolder, hubNameOf, hubReference } from './hub-cache.ts'

test.each([
  ['/home/me/.cache/huggingface/hub/models--owner--a-name/snapshots/c0ffee', 'owner/a-name'],
  ['cache/models--gpt2/snapshots/c0ffee/', 'gpt2'],
  ['/home/me/models--owner--a-name', null],
  ['owner/name', null],
])('the hub knows %s as %s', (folder, name) => {
  expect(hubNameOf(folder)).toBe(name)
})

const home = mkdtempSync(join(tmpdir(), 'lethe hüb '))
afterAll(() => rmSync(home, { recursive: true }))

test.each([
  [{ HF_HUB_CACHE: '/a b/ü', HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/h' }, '/a b/ü'],
  [{ HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/h' }, '/old'],
  [{ HF_HOME: '~/hf', HOME: '/home/me' }, '/home/me/hf/hub'],
  [{ HF_HOME: '$BIG/hf', BIG: '/big' }, '/big/hf/hub'],
  [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
  [{}, join(homedir(), '.cache/huggingface/hub')],
])('the cache is where huggingface_hub keeps it: %j', (env, folder) => {
  expect(hubCacheFolder(env)).toBe(folder)
})

test('a model is found by its name and by its revision: a branch, a tag, a commit or the start of one', () => {
  const commit = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00'
  const other = 'deadbeef00deadbeef00deadbeef00deadbeef00'
  const at = join(home, 'hf', 'hub', 'models--owner--name')
  for (const folder of [commit, other])
    mkdirSync(join(at, 'snapshots', folder), { recursive: true })
  mkdirSync(join(at, 'refs', 'refs', 'pr'), { recursive: true })
  writeFileSync(join(at, 'refs', 'main'), commit)
  writeFileSync(join(at, 'refs', 'v1.0'), other)
  writeFileSync(join(at, 'refs', 'refs', 'pr', '1'), other)
  const env = { HF_HOME: '~/hf', HOME: home }
  expect(hubFolder('owner/name', env)).toBe(join(at, 'snapshots', commit))
  for (const revision of ['v1.0', 'refs/pr/1', other, 'deadbeef'])
    expect(hubFolder(`owner/name@${revision}`, env), revision).toBe(join(at, 'snapshots', other))
  for (const lost of ['owner/name@v2', 'owner/other', 'owner/name@../../x', '../name'])
    expect(hubFolder(lost, env), lost).toBe(null)
})

test('a name of the hub is a name', () => {
  expect(hubReference('gpt2')).toEqual({ name: 'gpt2', revision: 'main' })
  for (const wrong of ['../a', 'a/../b', 'a/b/c', 'a--b/c', 'a/b@', '', '/a'])
    expect(hubReference(wrong), wrong).toBe(null)
})
