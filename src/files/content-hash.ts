import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** SHA-256 of a file's bytes, hexadecimal. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path)) hash.update(part)
  return hash.digest('hex')
}

export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** One hash of a model folder's configuration and weights, or that of a model in one file. */
export async function modelHash(folder: string): Promise<string> {
  if ((await stat(folder)).isFile()) return fileHash(folder)
  const names = (await readdir(folder)).sort()
  const parts: string[] = []
  for (const name of names.filter(
    (each) => each === 'config.json' || each.endsWith('.safetensors'),
  ))
    parts.push(`${name} ${await fileHash(join(folder, name))}`)
  return textHash(parts.join('\n'))
}

/** One hash of lists of numbers, in their order. */
export function tokensHash(lists: Iterable<Int32Array>): string {
  const hash = createHash('sha256')
  for (const tokens of lists) hash.update(`${tokens.join(' ')}\n`)
  return hash.digest('hex')
}
