import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { type Problem, UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { fileHash } from '../files/content-hash.ts'
import { readStoredJson } from '../files/stored-json.ts'

/** What was downloaded, so that a file that changed since is noticed: name → SHA-256. */
type Manifest = Record<string, string>
const manifestSchema = z.record(z.string(), z.string())

/** The data files that a benchmark reads, and the dataset that they come from. */
export interface WantedData {
  /** the dataset that it comes from, `owner/name` */
  readonly hub: string | null
  /** one of the names of each, and whether it may be missing */
  readonly files: readonly { readonly names: readonly string[]; readonly optional: boolean }[]
}

/**
 * A folder with the data of a benchmark: the one named, or for `hub:owner/name` a cache that missing files are downloaded
 * into. Nothing is fetched unless the hub is named, and nothing twice; what is trained on, where the benchmark says so.
 *
 * @param env  `HF_ENDPOINT` for another hub, `HF_TOKEN` for gated datasets, `LETHE_CACHE` for another cache folder
 * @throws UserError for a file that cannot be had (offline, gated, not there), or one that changed in the cache
 */
export async function dataFolder(
  data: string,
  wanted: WantedData,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if (!data.startsWith('hub:')) return data
  const name = data.slice('hub:'.length)
  if (!/^\w[\w.-]*\/\w[\w.-]*$/.test(name) || name.includes('..'))
    throw new UserError({
      code: 'bad-hub-name',
      path: '--data',
      expected: 'hub:owner/name',
      got: data,
      ...(wanted.hub && { hint: `This benchmark's is hub:${wanted.hub}` }),
    })
  const outside = wanted.files.flatMap(({ names }) => names).filter((file) => !isName(file))
  if (outside.length > 0)
    throw new UserError(
      outside.map((file) => ({
        code: 'bad-file-name',
        path: data,
        expected: 'the name of a file in the dataset, such as data/forget.jsonl',
        got: JSON.stringify(file),
      })),
    )
  const cache = env.LETHE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lethe')
  const folder = join(cache, 'datasets', ...name.split('/'))
  const manifestPath = join(folder, 'manifest.json')
  const manifest: Manifest = existsSync(manifestPath)
    ? readStoredJson(manifestPath, manifestSchema)
    : {}
  const problems: Problem[] = []
  for (const { names, optional } of wanted.files) {
    const present = names.find((file) => existsSync(join(folder, file)))
    if (present) {
      const hash = await fileHash(join(folder, present))
      if (manifest[present] !== hash)
        problems.push({
          code: 'changed-file',
          path: join(folder, present),
          expected: `SHA-256 ${manifest[present] ?? 'in manifest.json'}, as downloaded`,
          got: hash,
          hint: 'Delete it to download it again',
        })
      continue
    }
    const reasons: string[] = []
    for (const file of names) {
      const reason = await download(name, file, join(folder, file), env)
      if (reason === null) {
        manifest[file] = await fileHash(join(folder, file))
        await writeFileAtomic(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`)
        break
      }
      reasons.push(`${file}: ${reason}`)
    }
    if (reasons.length === names.length && !optional)
      problems.push({
        code: 'not-on-hub',
        path: data,
        expected: names.join(' or '),
        got: reasons.join('; '),
        hint: 'Download the dataset yourself and name its folder with --data',
      })
  }
  if (problems.length > 0) throw new UserError(problems)
  return folder
}

/** Whether a file is named that lies in the dataset and nowhere else, whatever the system's separator is. */
function isName(file: string): boolean {
  return /^[^\\:?#%\0]+$/.test(file) && file.split('/').every((part) => !/^\.{0,2}$/.test(part))
}

/** Downloads a file whole or not at all. Returns why it could not be had. */
async function download(
  dataset: string,
  file: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const base = env.HF_ENDPOINT ?? 'https://huggingface.co'
  const url = `${base}/datasets/${dataset}/resolve/main/${file}`
  let response: Response
  try {
    response = await fetch(url, {
      ...(env.HF_TOKEN && { headers: { authorization: `Bearer ${env.HF_TOKEN}` } }),
    })
  } catch (error) {
    const cause = (error as Error).cause
    return `no connection to ${base} (${cause instanceof Error ? cause.message : (error as Error).message})`
  }
  if (!response.ok || !response.body) return `${response.status} ${response.statusText}`.trim()
  await writeFileAtomic(path, response.body as AsyncIterable<Uint8Array>)
  return null
}
