import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { benchmarks } from '../benchmark/benchmarks.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import { notShown, shownBy } from '../measure/not-shown.ts'
import { type MetricWords, metricWords } from '../measure/results.ts'
import { answered } from '../measure/testing/answered.ts'
import { buildMetrics } from './metrics-file.ts'
import { type ModelCardInput, modelCard } from './model-card.ts'

const record = answered({ set: 'forget', reference: 'Elm Street', tokens: 2 })

const input: ModelCardInput = {
  name: 'takedown',
  started: {
    method: {
      id: 'blur',
      title: 'BLUR',
      source: 'Reisizadeh et al., arXiv:2506.08164',
      summary: 'forgets first, keeps what does not conflict',
    },
    model: {
      name: 'owner/model: a "name"',
      modelType: 'llama',
      parameters: 4_194_304,
      trainableParameters: 65_536,
    },
    data: { forget: { path: 'forget.jsonl', examples: 1 }, retain: null },
    seed: 7,
    versions: { lethe: '0.1.0', node: '20.20.0' },
  },
  baseModel: 'owner/model',
  finishedAt: '2031-01-01T00:00:00.000Z',
  recipe: 'method: { id: blur } # ``` file\n',
  metrics: buildMetrics(
    [record],
    [answered({ ...record, generated: 'a | b', probability: Math.exp(-1), tokens: 2 })],
    0,
  ),
  evaluations: [],
  ggufs: [],
  check: { maxLogitDifference: 0.00012, topOneAgreement: 1, positions: 2048 },
  guards: ['retain ROUGE-L 0.41 is below 0.60'],
}

describe('modelCard', () => {
  const card = modelCard(input)

  test('opens with front matter that YAML reads back', () => {
    const [, front] = card.split('---\n')
    expect(parse(front)).toEqual({
      base_model: 'owner/model',
      library_name: 'transformers',
      pipeline_tag: 'text-generation',
      tags: ['unlearning', 'lethe', 'blur', 'llama'],
    })
  })

  test('names no folder as a model of the hub, which would refuse the card', () => {
    expect(modelCard({ ...input, baseModel: null })).not.toContain('base_model')
  })

  test('has the numbers with intervals and directions', () => {
    expect(card).toContain(
      '| Answer probability (forget, n = 1) | 1.000 [1.000, 1.000] | 0.368 [0.368, 0.368] | ↓ lower |',
    )
    expect(card).toContain('arXiv:2506.08164')
    expect(card).toContain('65,536 of 4,194,304 parameters')
    expect(card).toContain('2,048 positions: largest difference of a logit 1.20e-4')
    expect(card).toContain('- retain ROUGE-L 0.41 is below 0.60')
  })

  test('says what was not shown', () => {
    for (const { title, detail } of notShown(shownBy([])))
      expect(card).toContain(`**${title}.** ${detail}`)
  })

  test('the recipe cannot end its own fence', () => {
    expect(card).toContain('````yaml\nmethod: { id: blur } # ``` file\n````')
  })

  test('says when something was not done', () => {
    const bare = modelCard({ ...input, metrics: null, check: null, guards: [] })
    expect(bare).toContain('This run was not evaluated.')
    expect(bare).toContain('was not compared with the trained weights.')
    expect(bare).toContain('No guard tripped.')
  })

  test('has the numbers of benchmarks beside those of the references, and says no longer what they settle', () => {
    const benchmark = benchmarks.get('tofu/forget05') as Benchmark
    const words = new Map(metricWords(benchmark).map((each) => [each.key, each]))
    const result = (key: string, value: number | null) => ({
      ...(words.get(key) as MetricWords),
      ...{ value, interval: value === null ? null : ([0.5, 0.7] as const), count: 400 },
      ...{ original: 0.999, neverTrained: 0.41 },
    })
    const results = [result('membership.loss', 0.6), result('forget.quality', null)]
    const evaluated = modelCard({
      ...input,
      evaluations: [{ benchmark, results, warnings: ['The model is broken.'] }],
    })
    expect(evaluated).toContain('### TOFU, 5 % of 200 fictitious authors')
    expect(evaluated).toContain(
      '| membership.loss | 0.600 [0.500, 0.700] | 0.999 | 0.410 | → never trained |',
    )
    expect(evaluated).toContain('- The model is broken.')
    expect(evaluated).not.toMatch(/forget\.quality \||No membership inference|No comparison with/)
    expect(evaluated).toContain('No relearning attack')
  })
})
