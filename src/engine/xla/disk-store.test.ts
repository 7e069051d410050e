import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDiskStore, programCacheFolder } from './disk-store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lethe-programs-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('what was written is read, and nothing else', async () => {
  const store = createDiskStore(folder)
  expect(await store.read('a')).toBeNull()
  await store.write('a', Uint8Array.of(1, 2, 3))
  expect([...((await store.read('a')) ?? [])]).toEqual([1, 2, 3])
})

test('a damaged or cut file is as good as none', async () => {
  const store = createDiskStore(folder)
  await store.write('a', Uint8Array.of(1, 2, 3))
  const bytes = await readFile(join(folder, 'a'))
  for (const damaged of [bytes.subarray(0, 34), bytes.subarray(0, 10), bytes.map((x) => x ^ 1)]) {
    await writeFile(join(folder, 'a'), damaged)
    expect(await store.read('a')).toBeNull()
  }
})

test('what was not used for longest goes once the cache is full', async () => {
  const store = createDiskStore(folder, 100)
  await store.write('a', new Uint8Array(8))
  await store.write('b', new Uint8Array(8))
  for (const [name, seconds] of [
    ['a', 1],
    ['b', 2],
  ] as const)
    await utimes(join(folder, name), seconds, seconds)
  await store.read('a')
  await store.write('c', new Uint8Array(8))
  expect((await readdir(folder)).sort()).toEqual(['a', 'c'])
})

test('a folder that cannot be written is no error', async () => {
  await writeFile(join(folder, 'file'), '')
  const store = createDiskStore(join(folder, 'file', 'below'))
  await store.write('a', Uint8Array.of(1))
  expect(await store.read('a')).toBeNull()
})

test('the cache lies where caches lie', () => {
  expect(programCacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/lethe/xla')
})
