import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { benchmarks } from '../../benchmark/benchmarks.ts'
import { nodeFolder } from '../../checkpoint/node-folder.ts'
import { openTokenizer, type Tokenizer } from '../../checkpoint/tokenizer.ts'
import { trainingFiles } from '../../job/benchmark-folder.ts'
import { loadSet } from './load-set.ts'
import { readRows } from './read-rows.ts'
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
  const choices = (question: string, subject: string, options: string[], answer: number) =>
    `${JSON.stringify({ question, subject, choices: options, answer })}\n`
  await mkdir(join(data, 'mmlu'))
  await writeFile(
    join(data, 'mmlu', 'dev.jsonl'),
    ['high_school', 'law', 'high_school', 'high_school']
      .map((subject, i) => choices(`Example ${i}?`, subject, ['a{x}', 'b'], [0, 1, 1, 0][i]))
      .join(''),
  )
  await writeFile(
    join(data, 'mmlu', 'test.jsonl'),
    ['high_school', 'law'].map((subject) => choices('Which?', subject, ['c', 'd'], 1)).join(''),
  )
  await write('forget_level1.json', [{ query: 'He is ___.', answer: 'Ada', level: '1' }])
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

describe('MMLU with examples', () => {
  const header = 'The following are multiple choice questions (with answers) about high school.\n\n'
  const shot = (i: number, letter: string) => `Example ${i}?\nA. a{x}\nB. b\nAnswer: ${letter}\n\n`
  const question = 'Which?\nA. c\nB. d\nAnswer:'
  const set = (count: number) => ({
    ...benchmarks.get('semeval')!.sets.mmlu,
    shots: { ...benchmarks.get('semeval')!.sets.mmlu.shots!, count },
  })
  const load = async (count: number, maxPositions = 512) => {
    const found = await loadSet(data, 'mmlu', set(count), { tokenizer, maxPositions })
    return found!.rows.map(({ texts }) => decode(texts.options[1].example.tokens))
  }

  test('shows the first of the subject, as lm-evaluation-harness writes them', async () => {
    const [first, other] = await load(2)
    expect(first).toBe(`${header}${shot(0, 'A')}${shot(2, 'B')}${question} B`)
    expect(other).toContain(`about law.\n\n${shot(1, 'B')}Which?`)
    expect(await load(5)).toEqual([
      `${header}${shot(0, 'A')}${shot(2, 'B')}${shot(3, 'A')}${question} B`,
      other,
    ])
  })

  test('leaves out the last examples that the model cannot hold, never the options', async () => {
    const length = tokenizer.encode(`${header}${shot(0, 'A')}${shot(2, 'B')}${question} B`).length
    const [first] = await load(5, length + 2)
    expect(first).toBe(`${header}${shot(0, 'A')}${shot(2, 'B')}${question} B`)
    await expect(load(5, 12)).rejects.toThrow(/a prompt of fewer tokens than the model reads = 12/)
  })
})

describe('RWKU', () => {
  const asked = 'Please complete the blank in the following question.\nQuestion: He is ___.\n'

  test('asks a user’s question and begins the answer', async () => {
    const [row] = await rowsOf('rwku', 'forgetLevel1')
    expect(decode(row.promptTokens)).toBe(`${asked}Answer:`)
    expect(row.reference).toBe('Ada')
    const chat = await openTokenizer(await nodeFolder('test/golden/llama-text'))
    const found = await loadSet(data, 'x', benchmarks.get('rwku')!.sets.forgetLevel1, {
      tokenizer: chat,
      maxPositions: 512,
    })
    const header = (role: string) => `<|start_header_id|>${role}<|end_header_id|>\n\n`
    const whole = chat.decode(found!.rows[0].promptTokens, { skipSpecialTokens: false })
    expect(whole).toContain(
      `${header('user')}${asked.trim()}<|eot_id|>${header('assistant')}Answer:`,
    )
  })
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
  await mkdir(join(data, 'bare'))
  const bare = chooseSplit(semeval, join(data, 'bare'), null, false)
  await expect(bare).rejects.toThrow(
    /split_map\.json: expected a JSON object .*got no such file.*may be tuned on \(train, validation\).*make_semeval_data/,
  )
  await writeFile(join(data, 'bare', 'split_map.json'), '{"a": {"split": "train"}}')
  await expect(chooseSplit(semeval, join(data, 'bare'), null, false)).rejects.toThrow(
    /got rows without "semeval_split"/,
  )
  await expect(chooseSplit(benchmarks.get('lume')!, data, 'test', false)).rejects.toThrow(/none/)
})

test('LUME by task: what is unlearned and asked are rows of that task alone', async () => {
  const task = benchmarks.get('lume/task2')!
  const folder = join(data, 'by-task')
  const { forget, retain } = await trainingFiles(task, data, null, folder)
  const tasksOf = async (file: string) =>
    (await readRows(file)).map(({ value }) => value.task as string)
  expect(new Set([...(await tasksOf(forget)), ...(await tasksOf(retain))])).toEqual(
    new Set(['Task2']),
  )
  expect(await trainingFiles(benchmarks.get('lume')!, data, null, folder)).toEqual({
    forget: join(data, 'forget.jsonl'),
    retain: join(data, 'retain.jsonl'),
    template: { prompt: '{question}', answer: ' {answer}' },
  })
  expect(Object.values(task.sets).map(({ where }) => where)).toEqual([
    { task: 'Task2' },
    { task: 'Task2' },
  ])
})

test('a file of which no row is to be trained on is named, with the rows that were wanted', async () => {
  const folder = join(data, 'other-tasks')
  const row = { id: 'a', input: 'In', output: 'out', task: 'Task1' }
  await mkdir(folder)
  await writeFile(join(folder, 'forget.jsonl'), JSON.stringify(row))
  await writeFile(join(folder, 'retain.jsonl'), JSON.stringify(row))
  const made = trainingFiles(benchmarks.get('lume/task2')!, folder, null, join(folder, 'made'))
  await expect(made).rejects.toThrow(
    /forget\.jsonl: expected rows to train on with task = "Task2", got none of 1/,
  )
})
