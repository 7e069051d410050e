import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
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

/** One hash of a model folder's configuration and weights, and one of its tokenizer. */
export async function modelHashes(
  folder: string,
): Promise<{ readonly model: string; readonly tokenizer: string }> {
  const names = (await readdir(folder)).sort()
  const combine = async (wanted: (name: string) => boolean) => {
    const parts: string[] = []
    for (const name of names.filter(wanted))
      parts.push(`${name} ${await fileHash(join(folder, name))}`)
    return textHash(parts.join('\n'))
  }
  return {
    model: await combine((name) => name === 'config.json' || name.endsWith('.safetensors')),
    tokenizer: await combine((name) => /^(tokenizer|vocab|merges|chat_template)/.test(name)),
  }
}
