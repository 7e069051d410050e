import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../files/testing/problems-of.ts'
import { temporaryFolder } from '../files/testing/temporary-folder.ts'
import { openCheckpoint } from './folder.ts'
import type { ModelFolder } from './folder-files.ts'
import { editJson } from './json-text.ts'
import { nodeFolder } from './node-folder.ts'
import { openTokenizer } from './tokenizer.ts'
import { writeModelFolder } from './write-folder.ts'

const tensor = (name: string, size: number, dtype: 'F32' | 'BF16' = 'F32') => ({
  name,
  dtype,
  shape: [size],
})
const sizes: Record<string, number> = { c: 10, a: 10, b: 10 }
const model: ModelFolder = {
  config: '{"model_type": "llama"}',
  generationConfig: null,
  tokenizerFiles: new Map(),
  modelCard: '# A model',
  tensors: Object.entries(sizes).map(([name, size]) => tensor(name, size)),
  read: (name) => new Float32Array(sizes[name]).fill(name.charCodeAt(0)),
}

describe('writeModelFolder', () => {
  it('writes one file, config, card, generation config and tokenizer', () =>
    temporaryFolder(async (path) => {
      await writeModelFolder(join(path, 'm'), {
        ...model,
        generationConfig: '{"eos_token_id": 2}',
        tokenizerFiles: new Map([['tokenizer.json', Uint8Array.of(1, 2)]]),
      })
      expect(await readdir(path)).toEqual(['m'])
      expect(await readdir(join(path, 'm'))).toEqual([
        'README.md',
        'config.json',
        'generation_config.json',
        'model.safetensors',
        'tokenizer.json',
      ])
      expect(await readFile(join(path, 'm', 'README.md'), 'utf8')).toBe('# A model')
      const checkpoint = await openCheckpoint(await nodeFolder(join(path, 'm')))
      expect(checkpoint.generationConfig).toEqual({ eos_token_id: 2 })
      expect([...(await checkpoint.read('b'))]).toEqual(Array(10).fill(98))
    }))

  it('splits by size in the order given, as transformers names and lists the files', () =>
    temporaryFolder(async (path) => {
      await writeModelFolder(join(path, 'm'), model, { shardBytes: 80 })
      const index = await readFile(join(path, 'm', 'model.safetensors.index.json'), 'utf8')
      // json.dumps(index, indent=2, sort_keys=True) + "\n"
      expect(index).toBe(`{
  "metadata": {
    "total_size": 120
  },
  "weight_map": {
    "a": "model-00001-of-00002.safetensors",
    "b": "model-00002-of-00002.safetensors",
    "c": "model-00001-of-00002.safetensors"
  }
}
`)
      const checkpoint = await openCheckpoint(await nodeFolder(join(path, 'm')))
      for (const name of 'abc') expect((await checkpoint.read(name))[9]).toBe(name.charCodeAt(0))
    }))

  it('gives a tensor larger than the limit a file of its own', () =>
    temporaryFolder(async (path) => {
      await writeModelFolder(join(path, 'm'), model, { shardBytes: 1 })
      expect(
        (await readdir(join(path, 'm'))).filter((file) => file.endsWith('.safetensors')),
      ).toEqual([1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`))
    }))

  it('replaces a model folder only when asked, and nothing else ever', () =>
    temporaryFolder(async (path) => {
      const target = join(path, 'm')
      await mkdir(target)
      await writeModelFolder(target, model)
      expect(await problemsOf(() => writeModelFolder(target, model))).toMatchObject([
        { code: 'output-exists', path: target, got: 'a folder of 3 files' },
      ])
      await writeFile(join(target, 'old'), '')
      await writeModelFolder(target, { ...model, modelCard: 'new' }, { replace: true })
      expect(await readFile(join(target, 'README.md'), 'utf8')).toBe('new')
      expect(existsSync(join(target, 'old'))).toBe(false)

      await mkdir(join(path, 'home'))
      await writeFile(join(path, 'home', 'thesis.tex'), '')
      for (const [place, got] of [
        [join(path, 'home'), 'a folder without config.json, with thesis.tex'],
        [join(path, 'home', 'thesis.tex'), 'a file'],
      ])
        expect(
          await problemsOf(() => writeModelFolder(place, model, { replace: true })),
        ).toMatchObject([{ code: 'output-exists', got }])
    }))

  it('leaves nothing behind when a tensor cannot be read', () =>
    temporaryFolder(async (path) => {
      const failing = { ...model, read: () => Promise.reject(new Error('gone')) }
      await expect(writeModelFolder(join(path, 'm'), failing)).rejects.toThrow('gone')
      expect(await readdir(path)).toEqual([])
    }))

  it('says in words that a place cannot be written', async () => {
    for (const place of ['/proc/lethe/m', '/dev/null/m'])
      expect(await problemsOf(() => writeModelFolder(place, model))).toMatchObject([
        { code: 'unwritable-output', path: place },
      ])
  })
})

const golden = new URL('../../test/golden/', import.meta.url).pathname

describe.each(['llama-sharded', 'llama-text'])('golden %s', (name) => {
  it('copied through memory has the same files', () =>
    temporaryFolder(async (path) => {
      const source = await nodeFolder(golden + name)
      const checkpoint = await openCheckpoint(source)
      const tokenizer = name === 'llama-text' ? await openTokenizer(source) : null
      await writeModelFolder(join(path, 'm'), {
        config: checkpoint.configText,
        generationConfig: checkpoint.generationConfigText,
        tokenizerFiles: tokenizer?.files ?? new Map(),
        modelCard: 'A copy.',
        tensors: [...checkpoint.tensors].map(([name, tensor]) => ({ name, ...tensor })),
        read: checkpoint.read,
      })
      for (const file of await readdir(join(path, 'm'))) {
        if (file === 'README.md') continue
        const written = readFileSync(join(path, 'm', file))
        const original = readFileSync(join(golden, name, file))
        if (file.endsWith('index.json'))
          expect(JSON.parse(String(written))).toMatchObject({
            weight_map: JSON.parse(String(original)).weight_map,
          })
        else expect(original.equals(written), file).toBe(true)
      }
      const changed = editJson(checkpoint.configText, { vocab_size: 5 })
      expect(JSON.parse(changed)).toEqual({ ...checkpoint.config, vocab_size: 5 })
    }))
})
