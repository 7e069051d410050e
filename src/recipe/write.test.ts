import { expect, test } from 'vitest'
import { loadRecipe } from './load.ts'
import { toYaml } from './write.ts'

const text = `model: ./my-model
forget: { path: "a: b #1.jsonl", template: { prompt: "Q: {question}\\nA:", answer: " {answer}" } }
retain: { path: retain.jsonl }
method: { id: blur, variant: released }
train: { epochs: 3, learningRate: 2.5e-5, parameters: { pattern: ["layers.*", x] } }
`
const { recipe, provenance } = loadRecipe(text, 'takedown.yaml', ['train.seed=7'])
const yaml = toYaml(recipe, provenance, ['lethe run takedown.yaml --set train.seed=7'])

test('a resolved recipe says where each value comes from', () => {
  expect(yaml).toMatch(/^# lethe run takedown\.yaml --set train\.seed=7\nmodel: /)
  expect(yaml).toContain('model: ./my-model # takedown.yaml:1\n')
  expect(yaml).toContain('  learningRate: 2.5e-5 # takedown.yaml:5\n')
  expect(yaml).toContain('    pattern: [ layers.*, x ] # takedown.yaml:5\n')
  expect(yaml).toContain('  batchSize: 8 # default\n')
  expect(yaml).toContain('  seed: 7 # --set train.seed=7\n')
  const values = yaml.split('\n').filter((line) => /: \S/.test(line) && !line.startsWith('#'))
  expect(values.filter((line) => !/ # (default|takedown\.yaml:\d+|--set .*)$/.test(line))).toEqual(
    [],
  )
})

test('reading it back gives the same recipe', () => {
  expect(loadRecipe(yaml, 'takedown.yaml').recipe).toEqual(recipe)
})
