import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder of huggingface_hub's cache: HF_HUB_CACHE, or HUGGINGFACE_HUB_CACHE as it was called, or `hub` in HF_HOME; `~`
 * and variables in them are expanded.
 *
 * Source: huggingface_hub 0.36, constants.py.
 */
export function hubCacheFolder(env: Environment): string {
  const named = env.HF_HUB_CACHE ?? env.HUGGINGFACE_HUB_CACHE
  if (named) return expanded(named, env)
  const cache = env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  return join(expanded(env.HF_HOME ?? join(cache, 'huggingface'), env), 'hub')
}

function expanded(path: string, env: Environment): string {
  const home = path.replace(/^~(?=[/\\]|$)/, env.HOME ?? homedir())
  return home.replace(/\$(\w+)|\$\{(\w+)\}/g, (whole, bare, braced) => env[bare ?? braced] ?? whole)
}

/** `owner/name@revision` in its parts; null for what is no name of the hub. */
export function hubReference(text: string): { name: string; revision: string } | null {
  const part = '[A-Za-z0-9][\\w.-]*'
  const found = new RegExp(`^(${part}(?:/${part})?)(?:@([\\w./-]+))?$`).exec(text)
  if (!found || /\.\.|--/.test(found[1]) || found[2]?.includes('..')) return null
  return { name: found[1], revision: found[2] ?? 'main' }
}

/**
 * The folder of `owner/name` or `owner/name@revision` (a branch, a tag or a commit, which may be cut) in the local
 * Hugging Face cache, or null where it was never downloaded. Nothing is fetched.
 *
 * Source: huggingface_hub, the layout of its cache: `models--owner--name/refs/main` names the folder in `snapshots/`.
 */
export function hubFolder(reference: string, env: Environment): string | null {
  const found = hubReference(reference)
  if (!found) return null
  const { name, revision } = found
  const repository = join(hubCacheFolder(env), `models--${name.replaceAll('/', '--')}`)
  const snapshots = join(repository, 'snapshots')
  if (!existsSync(snapshots)) return null
  const ref = join(repository, 'refs', revision)
  const present = readdirSync(snapshots)
  const commit = existsSync(ref)
    ? readFileSync(ref, 'utf8').trim()
    : (present.find((folder) => revision.length >= 7 && folder.startsWith(revision)) ??
      // Without a ref, one snapshot is what was downloaded by its commit.
      (reference === name && present.length === 1 ? present[0] : undefined))
  if (commit === undefined || !present.includes(commit)) return null
  return join(snapshots, commit)
}

/** `owner/name` of a folder in the Hugging Face cache, or null for any other folder. */
export function hubNameOf(folder: string): string | null {
  const [, name] = /(?:^|[/\\])models--(.+?)[/\\]snapshots[/\\][^/\\]+[/\\]?$/.exec(folder) ?? []
  return name?.replace('--', '/') ?? null
}
