import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCheckpoint } from '../checkpoint/folder.ts'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { openTokenizer } from '../checkpoint/tokenizer.ts'
import { problemsOf } from '../files/testing/problems-of.ts'
import { temporaryFolder } from '../files/testing/temporary-folder.ts'
import { importGguf } from './import-gguf.ts'

const golden = new URL('../../test/golden/', import.meta.url).pathname
const options = (name: string, target: string) => ({
  path: join(golden, 'gguf', `${name}.gguf`),
  target,
  dtype: 'F32' as const,
  replace: false,
})

test.each(['llama-text', 'qwen3-headdim'])(
  '%s comes back with the weights and the config that went in',
  (name) =>
    temporaryFolder(async (folder) => {
      const target = join(folder, 'model')
      await importGguf(options(name, target))
      const [made, original] = await Promise.all(
        [target, join(golden, name)].map(async (path) => openCheckpoint(await nodeFolder(path))),
      )
      expect([...made.tensors.keys()].sort()).toEqual([...original.tensors.keys()].sort())
      for (const tensor of original.tensors.keys())
        expect(await made.read(tensor), tensor).toEqual(await original.read(tensor))
      for (const key of Object.keys(original.config).filter((key) => key in made.config))
        if (!['dtype', 'architectures'].includes(key))
          expect(made.config[key], key).toEqual(original.config[key])
    }),
)

test('the vocabulary in a file gives the tokens and the chat of the folder it came from', () =>
  temporaryFolder(async (folder) => {
    const target = join(folder, 'model')
    await importGguf(options('llama-text', target))
    const [made, original] = await Promise.all(
      [target, join(golden, 'llama-text')].map(async (path) =>
        openTokenizer(await nodeFolder(path), { now: new Date(0) }),
      ),
    )
    for (const text of [
      'Hello world',
      " it's 1234 ½ naïve\n\n  東京 🙂",
      '<|eos|> then <|bos|>',
      '',
    ])
      expect(made.encode(text), text).toEqual(original.encode(text))
    const messages = [{ role: 'user', content: 'Who?' }]
    const prompt = { addGenerationPrompt: true }
    expect(made.applyChatTemplate(messages, prompt)).toBe(
      original.applyChatTemplate(messages, prompt),
    )
    expect([made.bosToken, made.eosToken, made.padToken]).toEqual([
      original.bosToken,
      original.eosToken,
      original.padToken,
    ])
  }))

test('what is no GGUF file is refused', () =>
  temporaryFolder(async (folder) => {
    await writeFile(join(folder, 'not.gguf'), 'something else, and long enough to hold a header')
    const problems = await problemsOf(() =>
      importGguf({ ...options('', join(folder, 'out')), path: join(folder, 'not.gguf') }),
    )
    expect(problems).toMatchObject([{ code: 'invalid-gguf', path: join(folder, 'not.gguf') }])
  }))
