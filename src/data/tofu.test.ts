import { expect, test } from 'vitest'
import { needing, shared, sharedPath } from '../../test/helpers/needs.ts'
import { formatProblem } from '../error.ts'
import { permutation } from '../math/random.ts'
import { epochSteps, paddingShare } from './epoch.ts'
import { loadExamples, loadItems } from './load-examples.ts'
import { overlapProblems } from './overlap.ts'
import { readRecords } from './read-records.ts'
import { chatMl, fakeTokenizer } from './testing/fake-tokenizer.ts'

const tofu = (file: string) => sharedPath(`data/tofu/${file}`)

test(
  'TOFU forget05 and retain95: counts, masks, padding',
  needing(shared('data/tofu')),
  async () => {
    for (const tokenizer of [fakeTokenizer({ start: true }), fakeTokenizer({ chat: chatMl })]) {
      const load = (file: string) => loadExamples(tofu(file), tokenizer, { maxLength: 512 })
      const forget = await load('forget05.json')
      const retain = await load('retain95.json')
      expect(forget.examples).toHaveLength(200)
      expect(retain.examples).toHaveLength(3800)
      expect([forget.report.warnings, forget.report.ignoredKeys]).toEqual([[], []])
      expect(retain.report).toMatchObject({ truncated: [], truncatedTokens: 0, warnings: [] })
      expect(forget.examples[199].origin.line).toBe(200)
      const end = tokenizer.hasChatTemplate ? '<end>' : '</s>'
      const space = tokenizer.hasChatTemplate ? '' : ' '
      for (const { tokens, trained, promptLength, prompt, answer } of [
        ...forget.examples,
        ...retain.examples,
      ]) {
        const said = tokenizer.decode(tokens.filter((_, t) => trained[t]))
        expect(said).toBe(`${space}${answer.trim()}${end}`)
        expect(trained.indexOf(1)).toBe(promptLength)
        expect(tokenizer.decode(tokens.subarray(0, promptLength))).toContain(prompt.trim())
      }
      const forgetLengths = forget.examples.map(({ tokens }) => tokens.length)
      const retainLengths = retain.examples.map(({ tokens }) => tokens.length)
      const steps = epochSteps({ forgetLengths, retainLengths, batchSize: 8, seed: 0, epoch: 0 })
      expect(steps).toHaveLength(25)
      const order = permutation(0, ['plain'], 200)
      const shuffled = steps.map((_, i) => order.slice(i * 8, i * 8 + 8))
      const batches = steps.map((step) => step.forget)
      expect(paddingShare(batches, forgetLengths)).toBeLessThan(
        paddingShare(shuffled, forgetLengths) / 2,
      )
    }
  },
)

test(
  'every TOFU file reads, and the sets that should not overlap do not',
  needing(shared('data/tofu')),
  async () => {
    const rows: [string, number][] = [
      ['full.json', 4000],
      ['forget10_perturbed.json', 400],
      ['holdout05.json', 200],
      ['real_authors.json', 100],
      ['world_facts_perturbed.json', 117],
    ]
    for (const [file, count] of rows)
      expect((await loadItems(tofu(file))).items).toHaveLength(count)
    const { items: forget } = await loadItems(tofu('forget05.json'))
    expect(overlapProblems(forget, (await loadItems(tofu('retain95.json'))).items)).toEqual([])
    const overlap = overlapProblems(forget, (await loadItems(tofu('retain99.json'))).items)
    expect(overlap).toHaveLength(160)
    expect(formatProblem(overlap[0])).toMatch(
      /forget05\.json:1:1: expected a forget row .*, got the same row at .*retain99\.json:3801/,
    )
    await expect(readRecords(tofu('idontknow.jsonl'))).rejects.toThrow(
      /idontknow\.jsonl:1:1: expected a JSON value, got "I".*80 more like these/s,
    )
  },
)

test('LUME: {input, output} with further keys', needing(shared('data/lume')), async () => {
  const { items, ignoredKeys } = await loadItems(`${sharedPath('data/lume')}/forget.jsonl`)
  expect(items).toHaveLength(2732)
  expect(ignoredKeys).toEqual(['id', 'task'])
  expect(
    overlapProblems(items, (await loadItems(`${sharedPath('data/lume')}/retain.jsonl`)).items),
  ).toEqual([])
})
