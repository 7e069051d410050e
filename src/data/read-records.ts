import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { nearest, type Problem, UserError } from '../error.ts'
import { mostJsonBytes, mostRecordBytes, requireSize } from '../files/bounded-json.ts'
import { firstProblems } from './first-problems.ts'
import { parseRecords, type SourceRecord } from './parse-records.ts'

/**
 * Reads a data file from disk.
 *
 * @throws UserError listing every problem of the file (the first 20, then a count), for one that is too large, or naming the nearest file of
 *   the folder when there is none at `path`
 */
export async function readRecords(path: string): Promise<SourceRecord[]> {
  let bytes: Uint8Array
  try {
    const entry = await stat(path)
    if (!entry.isFile() && !entry.isDirectory()) throw new UserError(notFile(path))
    const format = foreignFormat(path)
    if (format && entry.isFile()) throw new UserError(format)
    requireSize(path, entry.size, /\.json$/i.test(path) ? mostJsonBytes : mostRecordBytes)
    bytes = await readFile(path)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(await unreadable(path, error as NodeJS.ErrnoException))
  }
  const { records, problems } = parseRecords(bytes, path)
  if (problems.length > 0) throw new UserError(firstProblems(problems))
  return records
}

const expected = 'a readable .jsonl or .json file'

/** A pipe or a device: reading it may never end. */
function notFile(path: string): Problem {
  return {
    code: 'not-a-file',
    path,
    expected,
    got: 'a pipe or a device',
    hint: 'Write the records into a file first.',
  }
}

/** Tables that are no JSON, with what to do. */
function foreignFormat(path: string): Problem | null {
  const found = /\.(csv|tsv|parquet|arrow|xlsx)$/i.exec(path)
  if (!found) return null
  const kind = found[1].toLowerCase()
  const read = {
    csv: 'read_csv(path)',
    tsv: "read_csv(path, sep='\\t')",
    parquet: 'read_parquet(path)',
  }
  const how = read[kind as keyof typeof read]
  return {
    code: 'unsupported-format',
    path,
    expected,
    got: `a .${kind} file`,
    hint: `Write it as JSON lines, with columns such as question and answer${how ? `; in Python, \`pandas.${how}.to_json('data.jsonl', orient='records', lines=True)\`` : ''}.`,
  }
}

async function unreadable(path: string, error: NodeJS.ErrnoException): Promise<Problem> {
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
