import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The folder of `owner/name` in the local Hugging Face cache, or null where it was never downloaded. Nothing is
 * fetched.
 *
 * Source: huggingface_hub, constants.py (HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME) and the layout of its cache:
 * `models--owner--name/refs/main` names the folder in `snapshots/`.
 */
export function hubFolder(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const home = env.HF_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface')
  const repository = join(
    env.HF_HUB_CACHE ?? join(home, 'hub'),
    `models--${name.replaceAll('/', '--')}`,
  )
  const snapshots = join(repository, 'snapshots')
  if (!existsSync(snapshots)) return null
  const main = join(repository, 'refs', 'main')
  const commit = existsSync(main) ? readFileSync(main, 'utf8').trim() : readdirSync(snapshots)[0]
  const folder = join(snapshots, commit ?? '')
  return commit && existsSync(folder) ? folder : null
}

/** `owner/name` of a folder in the Hugging Face cache, or null for any other folder. */
export function hubNameOf(folder: string): string | null {
  const [, name] = /(?:^|[/\\])models--(.+?)[/\\]snapshots[/\\][^/\\]+[/\\]?$/.exec(folder) ?? []
  return name?.replace('--', '/') ?? null
}
