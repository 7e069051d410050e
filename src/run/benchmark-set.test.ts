import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { benchmarks } from '../benchmark/benchmarks.ts'
import { nodeFolder, openTokenizer, type Tokenizer } from '../checkpoint/index.ts'
import { loadSet } from './benchmark-set.ts'
import { chooseSplit } from './split-rows.ts'

let data: string
let tokenizer: Tokenizer
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'lethe-set-'))
  tokenizer = await openTokenizer(await nodeFolder('assets/lethe-tiny'))
  await mkdir(join(data, 'knowmem'))
  await mkdir(join(data, 'privleak'))
  const write = (file: string, value: unknown) => writeFile(join(data, file), JSON.stringify(value))
  await write('knowmem/forget_qa.json', [{ question: 'Who?', answer: 'Ada' }])
  await write('knowmem/forget_qa_icl.json', [
    { question: 'When?', answer: '1843' },
    { question: 'Where?', answer: ['London', 'England'] },
  ])
  await write('privleak/forget.json', ['One text.', 'Another, longer text.'])
  await write('wmdp-bio.json', [{ question: ' Which? ', choices: ['a', 'b', 'c', 'd'], answer: 2 }])
  const row = (id: string, task: string) => JSON.stringify({ id, input: 'In', output: 'out', task })
  const rows = ['1sc1', '1qa0', '2sc1', '2qa0', '3sc1', '3qa0']
  for (const group of ['forget', 'retain'])
    await writeFile(
      join(data, `${group}.jsonl`),
      rows.map((id) => row(`${group}${id}`, `Task${id[0]}`)).join('\n'),
    )
  const splits = ['forget', 'retain'].flatMap((group) =>
    rows.map((id): [string, object] => [
      `${group}${id}`,
      { semeval_split: id.endsWith('qa0') ? 'test' : 'validation' },
    ]),
  )
  await write('split_map.json', Object.fromEntries(splits))
})
afterAll(() => rm(data, { recursive: true }))

const rowsOf = async (benchmark: string, set: string, maxPositions = 512) => {
  const found = await loadSet(data, set, benchmarks.get(benchmark)!.sets[set], {
    tokenizer,
    maxPositions,
  })
  return found!.rows
}
const decode = (tokens: Int32Array) => tokenizer.decode(tokens, { skipSpecialTokens: true })

test('MUSE: the examples, then the question with the space that its own code leaves', async () => {
  const [row] = await rowsOf('muse/news', 'knowMemForget')
  expect(decode(row.promptTokens)).toBe(
    'Question: When?\nAnswer: 1843\n\nQuestion: Where?\nAnswer: London\n\nQuestion: Who?\nAnswer: ',
  )
  expect(row.reference).toBe('Ada')
})

test('MUSE: documents are scored whole, without prompt and end token, and cut where the model ends', async () => {
  const rows = await rowsOf('muse/news', 'forget')
  const { example } = rows[1].texts.text[0]
  expect(decode(example.tokens)).toBe('Another, longer text.')
  expect(example.tokens.at(-1)).not.toBe(tokenizer.eosToken)
  const cut = await rowsOf('muse/news', 'forget', 4)
  expect(cut[1].texts.text[0].example.tokens).toHaveLength(4)
})

test('WMDP: as lm-evaluation-harness asks, each letter a continuation', async () => {
  const [row] = await rowsOf('wmdp', 'bio')
  expect(row.gold).toBe(2)
  const whole = row.texts.options.map(({ example }) => decode(example.tokens))
  expect(whole[1]).toBe(
    'The following are multiple choice questions (with answers) about biology.\n\nWhich?\nA. a\nB. b\nC. c\nD. d\nAnswer: B',
  )
  const { tokens, trained } = row.texts.options[1].example
  const scored = tokens.filter((_, i) => trained[i] === 1)
  expect(decode(scored)).toBe(' B')
})

test('a prompt that the model cannot hold is an error', async () => {
  await expect(rowsOf('muse/news', 'knowMemForget', 8)).rejects.toThrow(
    /a prompt of fewer tokens than the model reads = 8/,
  )
})

test('SemEval: validation rows unless told; the test set only on demand', async () => {
  const semeval = benchmarks.get('semeval')!
  const split = await chooseSplit(semeval, data, null, false)
  expect([split?.name, split?.keep('forget1sc1'), split?.keep('forget1qa0')]).toEqual([
    'validation',
    true,
    false,
  ])
  await expect(chooseSplit(semeval, data, 'test', false)).rejects.toThrow(/--report-test/)
  expect((await chooseSplit(semeval, data, 'test', true))?.keep('forget1qa0')).toBe(true)
  await expect(chooseSplit(semeval, data, 'tset', false)).rejects.toThrow(/validation, test/)
  await expect(chooseSplit(benchmarks.get('lume')!, data, 'test', false)).rejects.toThrow(/none/)
})
