import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { copyFolderAtomic } from './copy-folder.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

it('copies every byte, in the place of what was there', () =>
  temporaryFolder(async (path) => {
    const [source, target] = [join(path, 'source'), join(path, 'x', 'target')]
    await mkdir(source)
    const large = Buffer.from(Uint8Array.from({ length: 300_001 }, (_, i) => i % 251))
    await writeFile(join(source, 'large'), large)
    await writeFile(join(source, 'empty'), '')
    await copyFolderAtomic(source, target)
    await writeFile(join(target, 'old'), 'gone')
    await copyFolderAtomic(source, target)
    expect((await readdir(target)).sort()).toEqual(['empty', 'large'])
    expect((await readFile(join(target, 'large'))).equals(large)).toBe(true)
    expect(await readdir(join(path, 'x'))).toEqual(['target'])
  }))

it('leaves what was there where the source cannot be read', () =>
  temporaryFolder(async (path) => {
    const [source, target] = [join(path, 'source'), join(path, 'target')]
    await mkdir(join(source, 'a folder'), { recursive: true })
    await mkdir(target)
    await writeFile(join(target, 'kept'), '')
    await expect(copyFolderAtomic(source, target)).rejects.toThrow()
    expect(await readdir(target)).toEqual(['kept'])
    expect((await readdir(path)).sort()).toEqual(['source', 'target'])
  }))
