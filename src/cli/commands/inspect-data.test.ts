import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCaptured } from '../testing/terminal.ts'

const model = new URL('../../../test/golden/llama-text', import.meta.url).pathname
const cwd = mkdtempSync(join(tmpdir(), 'lethe-inspect-'))
const forget = join(cwd, 'forget.jsonl')
const run = (...argv: string[]) => runCaptured(['inspect-data', ...argv])
const recipe = (retain: string) => `model: ${model}
forget: { path: forget.jsonl, template: plain }
retain: { path: ${retain}, limit: 1 }
method: blur
`

beforeAll(() => {
  const asked = { question: 'Who wrote it?', answer: 'Nobody did.' }
  const kept = { question: 'When?', answer: 'In 1999.' }
  writeFileSync(forget, `${JSON.stringify({ ...asked, id: 7 })}\n`)
  writeFileSync(join(cwd, 'retain.jsonl'), `${JSON.stringify(kept)}\n${JSON.stringify(asked)}\n`)
  writeFileSync(join(cwd, 'right.yaml'), recipe('retain.jsonl'))
  writeFileSync(join(cwd, 'same.yaml'), recipe('forget.jsonl'))
})
afterAll(() => rmSync(cwd, { recursive: true }))

describe('lethe inspect-data', () => {
  test('shows the sets of a recipe as they are trained, limits included', async () => {
    const { code, out, err } = await run(join(cwd, 'right.yaml'))
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe(`forget: ${forget}
  1 example of shape question-answer, written plain, as "Question: {question}\\nAnswer: {answer}"
  37 tokens, of which 12 trained (32 %); the longest example has 37
  keys that are not used: id

#0  ${forget}:1  37 tokens, 12 trained
<|bos|>Question: Who wrote it?⏎
Answer:[ ][N][o][b][o][d][y][ d][i][d][.][<|eos|>]

retain: ${join(cwd, 'retain.jsonl')}
  1 example of shape question-answer, written with the chat template
  33 tokens, of which 9 trained (27 %); the longest example has 33

#0  ${join(cwd, 'retain.jsonl')}:1  33 tokens, 9 trained
<|bos|><|start_header_id|>user<|end_header_id|>⏎
⏎
When?<|eot_id|><|start_header_id|>assistant<|end_header_id|>⏎
⏎
[I][n][ ][1][9][9][9][.][<|eot_id|>]

`)
  })

  test('gives the same as data', async () => {
    const { code, out } = await run(forget, '--model', model, '--json')
    const { ok, sets } = JSON.parse(out)
    expect([code, ok, sets.length]).toEqual([0, true, 1])
    expect(sets[0]).toMatchObject({ name: 'data', path: forget, ignoredKeys: ['id'] })
    const trained = sets[0].preview[0].tokens.filter((token: { trained: boolean }) => token.trained)
    expect(trained.map((token: { text: string }) => token.text).join('')).toBe(
      'Nobody did.<|eot_id|>',
    )
  })

  test('refuses a forget set that shares rows with the retain set', async () => {
    const { code, out, err } = await run(join(cwd, 'same.yaml'))
    expect([code, out.startsWith('forget: ')]).toEqual([2, true])
    expect(err).toBe(
      `${forget}:1:1: expected a forget row that is not in the retain set, got the same row at ${forget}:1. Remove it from one of the two files\n`,
    )
    const json = await run(join(cwd, 'same.yaml'), '--json')
    expect(JSON.parse(json.out).problems[0].code).toBe('forget-retain-overlap')
  })

  test('says what is cut', async () => {
    const long = await run(forget, '--model', model, '--max-length', '33')
    expect(long.out).toContain('6 tokens cut in 1 of 1 examples')
    const all = await run(forget, '--model', model, '--max-length', '20')
    expect([all.code, all.out]).toEqual([2, ''])
    expect(all.err).toContain('which cuts the whole answer off')
  })

  test('needs a tokenizer for a data file', async () => {
    expect(await run(forget)).toEqual({
      code: 2,
      out: '',
      err: `lethe inspect-data: expected a recipe, or --model with a data file, got the data file ${forget} alone. Give --model <folder> with the tokenizer\n`,
    })
  })
})
