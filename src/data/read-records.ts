import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { nearest, type Problem, UserError } from '../error.ts'
import { firstProblems } from './problems.ts'
import { parseRecords, type SourceRecord } from './source.ts'

/**
 * Reads a data file from disk.
 *
 * @throws UserError listing every problem of the file (the first 20, then a count), or naming the nearest file of
 *   the folder when there is none at `path`
 */
export async function readRecords(path: string): Promise<SourceRecord[]> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new UserError(await unreadable(path, error as NodeJS.ErrnoException))
  }
  const { records, problems } = parseRecords(bytes, path)
  if (problems.length > 0) throw new UserError(firstProblems(problems))
  return records
}

async function unreadable(path: string, error: NodeJS.ErrnoException): Promise<Problem> {
  const expected = 'a readable .jsonl or .json file'
  if (error.code === 'EISDIR')
    return {
      code: 'not-a-file',
      path,
      expected,
      got: 'a folder',
      ...hintOf(await dataFiles(path), ''),
    }
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return { code: 'unreadable-file', path, expected, got: 'a file without read permission' }
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
  const folder = dirname(path)
  const there = await stat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
  if (!there)
    return { code: 'missing-file', path, expected, got: `no folder ${JSON.stringify(folder)}` }
  return {
    code: 'missing-file',
    path,
    expected,
    got: 'no such file',
    ...hintOf(await dataFiles(folder), basename(path)),
  }
}

async function dataFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => /\.jsonl?$/i.test(name)).sort()
}

function hintOf(names: string[], wanted: string): { hint?: string } {
  const near = nearest(wanted, names)
  if (near) return { hint: `Did you mean ${JSON.stringify(near)}?` }
  if (names.length === 0) return {}
  return { hint: `The folder has ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}` }
}
