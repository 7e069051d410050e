import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { latestState, loadState } from '../src/checkpoint/state.ts'
import { runCaptured } from '../src/cli/testing/terminal.ts'
import { disk, mountSmallDisk, needing } from './helpers/needs.ts'

// What a user sees who gives `lethe run` something wrong: exit code 2, what was expected, what came, no stack.
const root = mkdtempSync(join(tmpdir(), 'lethe-bad-input-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folder = ''
let count = 0
beforeEach(() => {
  folder = join(root, String(count++))
  cpSync('test/golden/llama-text', join(folder, 'model'), { recursive: true })
  write('forget.jsonl', [{ question: 'who', answer: 'Ada' }])
  write('retain.jsonl', [{ question: 'where', answer: 'Rome' }])
  writeFileSync(
    join(folder, 'recipe.yaml'),
    `model: model
forget: { path: forget.jsonl }
retain: { path: retain.jsonl }
method: { id: blur, forgetLoss: npo }
train: { steps: 2, batchSize: 1 }
evaluate: { maxNewTokens: 2, probes: 1, every: null }
output: ${folder}/run
`,
  )
})

function write(file: string, records: readonly object[]): void {
  writeFileSync(join(folder, file), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
}

function weights(): Buffer {
  return readFileSync(join(folder, 'model', 'model.safetensors'))
}

function writeWeights(bytes: Uint8Array): void {
  writeFileSync(join(folder, 'model', 'model.safetensors'), bytes)
}

/** The header's JSON changed, the data left as it is. */
function editHeader(edit: (text: string) => string): void {
  const bytes = weights()
  const length = Number(bytes.readBigUInt64LE(0))
  const text = edit(bytes.subarray(8, 8 + length).toString())
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(BigInt(Buffer.byteLength(text)))
  writeWeights(Buffer.concat([head, Buffer.from(text), bytes.subarray(8 + length)]))
}

async function refused(...expected: RegExp[]): Promise<void> {
  const { code, err } = await runCaptured(['run', join(folder, 'recipe.yaml')])
  expect(err).not.toMatch(/^ {4}at /m)
  for (const pattern of expected) expect(err).toMatch(pattern)
  expect(code).toBe(2)
}

describe('a model folder', () => {
  test('whose weights were cut off', async () => {
    writeWeights(weights().subarray(0, -100))
    await refused(/model\.safetensors/, /expected .*bytes/)
  })

  test('whose header is not JSON', async () => {
    const bytes = weights()
    bytes[8] = 0x7d
    writeWeights(bytes)
    await refused(/model\.safetensors.*header/)
  })

  test('with weights of a wrong type', async () => {
    editHeader((text) => text.replace('"dtype":"F32"', '"dtype":"I32"'))
    await refused(/F32, F16 or BF16|F32|BF16/, /I32/)
  })

  test('whose header lies about sizes', async () => {
    editHeader((text) =>
      text.replace(/"shape":\[(\d+),/, (_, rows) => `"shape":[${Number(rows) + 1},`),
    )
    await refused(/model\.safetensors/, /bytes|data_offsets/)
  })

  test('with a missing shard', async () => {
    cpSync('test/golden/llama-sharded', join(folder, 'model'), { recursive: true })
    rmSync(join(folder, 'model', 'model.safetensors'))
    rmSync(join(folder, 'model', 'model-00002-of-00002.safetensors'))
    await refused(/model-00002-of-00002\.safetensors/)
  })

  test('of an unknown model type', async () => {
    const file = join(folder, 'model', 'config.json')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"model_type": "llama"', '"model_type": "lama"'),
    )
    await refused(
      /model_type: expected one of llama, mistral, .*, got "lama"/,
      /Did you mean "llama"/,
    )
  })

  test('whose tokenizer lacks its end token', async () => {
    const file = join(folder, 'model', 'tokenizer_config.json')
    const config = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...config, eos_token: '<|nowhere|>' }))
    await refused(/<\|nowhere\|>/, /eos_token/)
  })
})

describe('data', () => {
  test('that is empty', async () => {
    writeFileSync(join(folder, 'forget.jsonl'), '')
    await refused(/forget\.jsonl/, /at least one|empty/)
  })

  test('of one line without a newline is enough', async () => {
    writeFileSync(join(folder, 'forget.jsonl'), '{"question": "who", "answer": "Ada"}')
    const { code } = await runCaptured(['run', join(folder, 'recipe.yaml')])
    expect(code).toBe(0)
  })

  test('that is not UTF-8', async () => {
    writeFileSync(
      join(folder, 'forget.jsonl'),
      Buffer.from('{"question": "\xff", "answer": "a"}\n', 'latin1'),
    )
    await refused(/forget\.jsonl:1:15: .*UTF-8/)
  })

  test('that is to be forgotten and kept', async () => {
    write('retain.jsonl', [{ question: 'who', answer: 'Ada' }])
    await refused(/forget\.jsonl:1/, /retain\.jsonl:1/)
  })
})

test('a recipe with five mistakes gives them all, by line and column', async () => {
  const file = join(folder, 'recipe.yaml')
  writeFileSync(
    file,
    `model: model
forget: { path: missing.jsonl }
retain: { path: retain.jsonl }
method: { id: blurr }
train: { steps: 2, epochs: 3, learningRat: 1 }
evaluate: { probes: -1 }
`,
  )
  const { code, err } = await runCaptured(['validate', file])
  expect(code).toBe(2)
  const places = err.trim().split('\n')
  for (const place of [':2:', ':4:', ':5:', ':6:'])
    expect(places.some((line) => line.includes(`recipe.yaml${place}`))).toBe(true)
  expect(places.length).toBeGreaterThanOrEqual(5)
  expect(err).toMatch(/Did you mean "blur"/)
  expect(err).toMatch(/Did you mean "learningRate"/)
})

test('an output folder that cannot be written', async () => {
  const recipe = join(folder, 'recipe.yaml')
  writeFileSync(recipe, readFileSync(recipe, 'utf8').replace(`${folder}/run`, `${recipe}/run`))
  await refused(/output/, /folder/)
})

const smallDisk = mountSmallDisk(1020)
test(
  'a disk that fills up in the middle leaves a loadable state and a reason',
  needing(disk(smallDisk)),
  async () => {
    const output = join(smallDisk as string, 'run')
    const recipe = join(folder, 'recipe.yaml')
    // The plan fits; the log of so many steps then takes the room of the next state.
    const { code, err } = await runCaptured(
      ['run', recipe, '--set', `output=${output}`, '--set', 'train.steps=600'].concat(
        ['train.saveEvery=1', 'train.keepStates=1', 'train.guards={}'].flatMap((set) => [
          '--set',
          set,
        ]),
        ['--set', `retain.limit=1`],
      ),
    )
    expect(code === 1 || code === 2).toBe(true)
    expect(err).toMatch(/disk|ENOSPC|space/i)
    expect(err).not.toMatch(/^ {4}at /m)
    const state = await latestState(join(output, 'state'))
    expect((await loadState(state as string)).step).toBeGreaterThan(0)
  },
)

/** 1020 kB of tmpfs: what the plan asks for, and little more, or null where mounting is not allowed. */
