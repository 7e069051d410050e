import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { disk, mountSmallDisk, needing } from '../../test/helpers/needs.ts'
import {
  removeFolderAtomic,
  removeLeftovers,
  writeFileAtomic,
  writeFileDurable,
  writeFolderAtomic,
} from './atomic.ts'
import { DiskFullError } from './disk-error.ts'
import * as exchanging from './exchange.ts'
import { problemsOf } from './testing/problems-of.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const fill = (text: string) => (folder: string) => writeFileDurable(join(folder, 'a'), text)

describe('writeFileAtomic', () => {
  it('writes text, bytes and pieces, makes folders, replaces, leaves nothing else', () =>
    temporaryFolder(async (path) => {
      const file = join(path, 'x', 'y', 'f')
      await writeFileAtomic(file, 'one')
      expect(await readFile(file, 'utf8')).toBe('one')
      await writeFileAtomic(file, Uint8Array.of(116, 119, 111))
      expect(await readFile(file, 'utf8')).toBe('two')
      async function* pieces() {
        yield Uint8Array.of(116)
        yield new Uint8Array(1 << 20).fill(104)
      }
      await writeFileAtomic(file, pieces())
      expect(await readFile(file, 'utf8')).toBe(`t${'h'.repeat(1 << 20)}`)
      expect(await readdir(join(path, 'x', 'y'))).toEqual(['f'])
    }))

  it('keeps the old file when the new one fails half-way', () =>
    temporaryFolder(async (path) => {
      const file = join(path, 'f')
      await writeFileAtomic(file, 'old')
      async function* failing() {
        yield Uint8Array.of(1, 2, 3)
        throw new Error('no more')
      }
      await expect(writeFileAtomic(file, failing())).rejects.toThrow('no more')
      expect(await readFile(file, 'utf8')).toBe('old')
      expect(await readdir(path)).toEqual(['f'])
    }))

  it('says in words that a place cannot be written', () =>
    temporaryFolder(async (path) => {
      await writeFile(join(path, 'file'), '')
      await mkdir(join(path, 'folder', 'inner'), { recursive: true })
      const nowhere = ['/proc/lethe/f', join(path, 'file', 'f'), join(path, 'folder')]
      for (const place of nowhere)
        expect(await problemsOf(() => writeFileAtomic(place, 'x'))).toMatchObject([
          { code: 'unwritable-output', path: place, got: expect.stringMatching(/^E[A-Z]+:/) },
        ])
      expect(await readdir(path)).toEqual(['file', 'folder'])
    }))

  it('says how much a full disk lacks (made up)', () =>
    temporaryFolder(async (path) => {
      const handle = await open(join(path, 'any'), 'w')
      await handle.close()
      const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
      // With delayed allocation the disk is found full when the file is synchronised.
      vi.spyOn(Object.getPrototypeOf(handle), 'sync').mockRejectedValueOnce(full)
      const error = await writeFileAtomic(join(path, 'f'), 'four').catch((e: unknown) => e)
      expect(error).toBeInstanceOf(DiskFullError)
      expect(error).toMatchObject({ path: join(path, 'f'), neededBytes: 4, cause: full })
      expect((error as DiskFullError).freeBytes).toBeGreaterThan(0)
      expect((error as Error).message).toMatch(
        /^disk full: .*f needs 4 B, [\d.]+ [kMGT]?B are free$/,
      )
      expect(await readdir(path)).toEqual(['any'])
    }))
})

describe('writeFolderAtomic', () => {
  it('makes a folder, and replaces one in one step', () =>
    temporaryFolder(async (path) => {
      const target = join(path, 'm')
      await writeFolderAtomic(target, 3, fill('old'))
      await writeFile(join(target, 'b'), 'goes with the old folder')
      const exchange = vi.spyOn(exchanging, 'exchange')
      await writeFolderAtomic(target, 3, fill('new'))
      expect(await readdir(path)).toEqual(['m'])
      expect(await readdir(target)).toEqual(['a'])
      expect(await readFile(join(target, 'a'), 'utf8')).toBe('new')
      if (process.platform === 'linux') expect(await exchange.mock.results[0].value).toBe(true)
    }))

  it('replaces in two steps where the system cannot exchange', () =>
    temporaryFolder(async (path) => {
      vi.spyOn(exchanging, 'exchange').mockResolvedValue(false)
      const target = join(path, 'm')
      await writeFolderAtomic(target, 3, fill('old'))
      await writeFolderAtomic(target, 3, fill('new'))
      expect(await readdir(path)).toEqual(['m'])
      expect(await readFile(join(target, 'a'), 'utf8')).toBe('new')
    }))

  it('leaves the old folder alone when the new one fails', () =>
    temporaryFolder(async (path) => {
      const target = join(path, 'm')
      await writeFolderAtomic(target, 3, fill('old'))
      const failing = writeFolderAtomic(target, 3, async (folder) => {
        await fill('new')(folder)
        throw new Error('no more')
      })
      await expect(failing).rejects.toThrow('no more')
      expect(await readdir(path)).toEqual(['m'])
      expect(await readFile(join(target, 'a'), 'utf8')).toBe('old')
    }))

  it('is removed in one step', () =>
    temporaryFolder(async (path) => {
      await writeFolderAtomic(join(path, 'm'), 1, fill('x'))
      await removeFolderAtomic(join(path, 'm'))
      expect(await readdir(path)).toEqual([])
    }))
})

describe('leftovers of a killed process', () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version'])

  it('are removed, those of a running one are not', () =>
    temporaryFolder(async (path) => {
      const running = `.m.${process.ppid}-0.tmp`
      await mkdir(join(path, `.m.${gone}-0.tmp`, 'inner'), { recursive: true })
      await writeFile(join(path, running), '')
      await writeFile(join(path, `.other.${gone}-3.tmp`), '')
      await writeFileAtomic(join(path, 'm'), 'x')
      expect(await readdir(path)).toEqual([`.other.${gone}-3.tmp`, running, 'm'].sort())
      await removeLeftovers(path, null)
      expect(await readdir(path)).toEqual([running, 'm'])
    }))

  it('are put back when they are all there is', () =>
    temporaryFolder(async (path) => {
      await mkdir(join(path, `.m.${gone}-0.tmp`))
      await mkdir(join(path, `.m.${gone}-0.tmp.old`))
      await writeFile(join(path, `.m.${gone}-0.tmp.old`, 'a'), 'old')
      await removeLeftovers(path, null)
      expect(await readdir(path)).toEqual(['m'])
      expect(await readFile(join(path, 'm', 'a'), 'utf8')).toBe('old')
    }))
})

const small = mountSmallDisk(1024)

describe('a full disk', needing(disk(small)), () => {
  it('keeps what was there and says what is free', async () => {
    const path = small as string
    await writeFileAtomic(join(path, 'f'), 'old')
    const big = new Uint8Array(2 << 20)
    const file = await writeFileAtomic(join(path, 'f'), big).catch((e: unknown) => e)
    expect(file).toBeInstanceOf(DiskFullError)
    const { neededBytes, freeBytes } = file as DiskFullError
    expect(neededBytes).toBe(2 << 20)
    expect(freeBytes).toBeGreaterThan(900_000)
    expect(freeBytes).toBeLessThan(1 << 20)
    expect(readFileSync(join(path, 'f'), 'utf8')).toBe('old')

    mkdirSync(join(path, 'm'))
    const folder = await writeFolderAtomic(join(path, 'm'), big.length, (temporary) =>
      writeFileDurable(join(temporary, 'a'), big),
    ).catch((e: unknown) => e)
    expect(folder).toBeInstanceOf(DiskFullError)
    expect(readdirSync(path)).toEqual(['f', 'm'])
    expect(readdirSync(join(path, 'm'))).toEqual([])
  })
})
