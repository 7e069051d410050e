import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { UserError } from '../error.ts'
import { memoryFolder } from './bytes.ts'
import { openTokenizer } from './tokenizer.ts'

// Every field of the tokenizer's files in the place of which stands every type of JSON.
const folder = new URL('../../test/golden/', import.meta.url)
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
const others = [null, true, 3, -1, 1.5, 'x', '', [], {}, [null], [3], [[]], { x: null }, { x: 3 }]

type Path = (string | number)[]

/** Where fields are; of a long list or mapping the first few. */
function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  const entries = Object.entries(value).slice(0, 4)
  return [at, ...entries.flatMap(([key, inner]) => paths(inner, [...at, key]))]
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) }
  const fields = copy as Record<string | number, unknown>
  fields[key] = replaced(fields[key], rest, by)
  return copy
}

const map = { bos_token: { content: '<s>' }, eos_token: '</s>' }
const config = { vocab_size: 2048, bos_token_id: 1, eos_token_id: [1, 2] }
const cases = ['tokenizer', 'tokenizer-gemma', 'tokenizer-metaspace/metaspace'].map((name) => ({
  name,
  files: {
    'tokenizer.json': read(`${name}/tokenizer.json`),
    ...(!name.includes('/') && {
      'tokenizer_config.json': read(`${name}/tokenizer_config.json`),
    }),
    'special_tokens_map.json': name === 'tokenizer-metaspace/metaspace' ? map : {},
    'config.json': config,
  } as Record<string, unknown>,
}))

test.each(cases)(
  '$name: a wrong type is the file’s fault',
  { timeout: 60_000 },
  async ({ files }) => {
    const faults: string[] = []
    for (const [file, json] of Object.entries(files))
      for (const path of paths(json))
        for (const by of others) {
          const changed = { ...files, [file]: replaced(json, path, by) }
          const texts = Object.entries(changed).map(([name, value]) => [
            name,
            JSON.stringify(value),
          ])
          try {
            const tokenizer = await openTokenizer(
              memoryFolder('t', new Map(texts as [string, string][])),
            )
            const ids = tokenizer.encode('Hi <s> é🙂 12')
            tokenizer.decode(ids)
            tokenizer.tokenText(ids[0] ?? 0)
            if (tokenizer.hasChatTemplate)
              tokenizer.applyChatTemplate([{ role: 'user', content: 'x' }], {
                addGenerationPrompt: true,
              })
          } catch (error) {
            const where = `${file} ${path.join('.')} = ${JSON.stringify(by)}`
            if (!(error instanceof UserError)) faults.push(`${where}: ${error}`)
            else if (!error.message.includes(`t/${file}`) && !error.message.includes('t/tokenizer'))
              faults.push(`${where}: ${error.message}`)
          }
        }
    expect([...new Set(faults)]).toEqual([])
  },
)
