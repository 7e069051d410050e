import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { runCaptured } from '../src/cli/testing/terminal.ts'
import { laySmallTakedown } from './helpers/small-takedown.ts'

// Every file that a user can bring, nested or long without end: exit code 2, what is too much, no stack.
const root = mkdtempSync(join(tmpdir(), 'lethe-endless-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folder = ''
let count = 0
const at = (file: string) => join(folder, file)
beforeEach(() => {
  folder = join(root, String(count++))
  laySmallTakedown(folder)
  writeFileSync(at('forget.json'), '[{"question": "who", "answer": "Ada"}]\n')
  writeFileSync(
    at('recipe.yaml'),
    `model: ${at('model')}
forget: { path: forget.jsonl }
retain: { path: retain.jsonl }
method: { id: blur, forgetLoss: npo }
train: { steps: 2, batchSize: 1 }
output: ${at('run')}
`,
  )
})

const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
const run = () => ['run', at('recipe.yaml'), '--replace']
const files: Readonly<Record<string, () => string[]>> = {
  'model/config.json': run,
  'model/generation_config.json': run,
  'model/tokenizer.json': run,
  'model/tokenizer_config.json': run,
  'model/special_tokens_map.json': run,
  'forget.jsonl': run,
  'forget.json': () => [...run(), '--set', `forget.path=${at('forget.json')}`],
  'recipe.yaml': run,
  'stages.json': () => ['validate', at('stages.json')],
  'own.yaml': () => ['eval', at('model'), '--benchmark', at('own.yaml'), '--data', folder],
  'never.json': () => ['compare', at('run'), '--never-trained', at('never.json')],
}

async function refused(argv: readonly string[], ...expected: RegExp[]): Promise<void> {
  const { code, err } = await runCaptured(argv)
  expect(err).not.toMatch(/^ {4}at |defect/m)
  for (const pattern of expected) expect(err).toMatch(pattern)
  expect(code).toBe(2)
}

describe.each(Object.keys(files))('%s', (file) => {
  test('nested a hundred thousand deep', async () => {
    writeFileSync(at(file), `{"x": ${deep}}\n`)
    await refused(files[file](), /at most 64 deep inside each other/)
  })

  test('of two gigabytes', async () => {
    writeFileSync(at(file), '{')
    // Of nothing but a size: it takes no room on the disk.
    truncateSync(at(file), 2 ** 31)
    await refused(files[file](), /expected at most [\d.]+ [GM]B, got 2\.15 GB/)
  })
})

test('a pipe in the place of a recipe is not waited for', async () => {
  await refused(['validate', '/dev/zero'], /got a pipe or a device/)
})

test('a header of weights that is nested, or has one endless word, is refused', async () => {
  const weights = readFileSync(at('model/model.safetensors'))
  const length = Number(weights.readBigUInt64LE(0))
  const header = JSON.parse(weights.toString('utf8', 8, 8 + length))
  const [name] = Object.keys(header).filter((key) => key !== '__metadata__')
  const withHeader = (text: string) => {
    const head = Buffer.alloc(8)
    head.writeBigUInt64LE(BigInt(Buffer.byteLength(text)))
    writeFileSync(
      at('model/model.safetensors'),
      Buffer.concat([head, Buffer.from(text), weights.subarray(8 + length)]),
    )
  }
  for (const key of ['dtype', 'shape', 'data_offsets']) {
    const text = JSON.stringify({ ...header, [name]: { ...header[name], [key]: 'DEEP' } })
    withHeader(text.replace('"DEEP"', deep))
    await refused(run(), /at most 64 deep inside each other/)
  }
  withHeader(JSON.stringify({ ...header, __metadata__: { word: 'x'.repeat(2e7), count: 3 } }))
  await refused(run(), /__metadata__: expected an object of strings/)
})

describe('a config that no machine could build', () => {
  test.each([
    ['num_hidden_layers', 2e9, /num_hidden_layers: expected at most 1024, got 2000000000/],
    ['hidden_size', 1e12, /hidden_size: expected at most 16777216, got 1000000000000/],
    ['intermediate_size', 1e12, /intermediate_size: expected at most 16777216/],
    ['vocab_size', 1e15, /vocab_size: expected at most 16777216/],
    ['max_position_embeddings', 1e15, /max_position_embeddings: expected at most 16777216/],
  ])('%s = %d', async (key, value, said) => {
    const config = JSON.parse(readFileSync(at('model/config.json'), 'utf8'))
    writeFileSync(at('model/config.json'), JSON.stringify({ ...config, [key]: value }))
    await refused(run(), said)
    await refused(['plan', at('recipe.yaml')], said)
  })
})
