import { describe, expect, test } from 'vitest'
import type { Example } from '../../data/example.ts'
import { createEngine } from '../../engine/node-engine.ts'
import { buildModel } from '../../model/architectures.ts'
import { createGenerator } from '../../model/generate.ts'
import { graphWeights } from '../../model/weights.ts'
import { BatchInputs } from '../../train/batch-inputs.ts'
import { answerPrefix } from './answer-prefix.ts'
import { createTextScorer } from './text-scorer.ts'

const stop = 9
const promptTokens = Int32Array.of(1, 2)

function text(tokens: number[], promptLength = 2) {
  const example: Example = {
    index: 0,
    tokens: Int32Array.from(tokens),
    trained: Uint8Array.from(tokens, (_, i) => (i >= promptLength ? 1 : 0)),
    promptLength,
    prompt: '',
    answer: '',
    origin: { file: '', line: 1 },
    truncatedTokens: 0,
  }
  return { text: '', example }
}

const scores = (choices: string) => ({
  logProbs: new Float32Array(choices.length),
  firstChoice: [...choices].map((choice) => choice === '1'),
  distribution: null,
})

function prefix(
  texts: Record<string, ReturnType<typeof text>[]>,
  choices: string[],
  maxNewTokens = 10,
) {
  const { tokens, ended } = answerPrefix(
    { promptTokens, texts },
    choices.map(scores),
    [stop],
    maxNewTokens,
  )
  return [[...tokens], ended]
}

describe('what is known of a greedy answer', () => {
  test('is the text up to where the model would have chosen otherwise', () => {
    expect(prefix({ answer: [text([1, 2, 3, 4, 5, stop])] }, ['1101'])).toEqual([[3, 4], false])
    expect(prefix({ answer: [text([1, 2, 3, 4])] }, ['01'])).toEqual([[], false])
    expect(prefix({ answer: [text([1, 2, 3, 4])] }, ['11'])).toEqual([[3, 4], false])
  })

  test('is all of it where the model would have stopped too', () => {
    expect(prefix({ answer: [text([1, 2, 3, 4, stop])] }, ['111'])).toEqual([[3, 4], true])
    expect(prefix({ answer: [text([1, 2, stop, 4])] }, ['11'])).toEqual([[], true])
  })

  test('is cut to the longest answer that is asked for', () => {
    const answer = [text([1, 2, 3, 4, 5, stop])]
    expect(prefix({ answer }, ['1111'], 2)).toEqual([[3, 4], true])
    expect(prefix({ answer }, ['1111'], 3)).toEqual([[3, 4, 5], true])
    expect(prefix({ answer }, ['1111'], 0)).toEqual([[], true])
  })

  test('is taken from the text that knows most', () => {
    const texts = {
      answer: [text([1, 2, 3, 4, 5])],
      perturbed: [text([1, 2, 3, 7]), text([1, 2, 3, 4, 6, 6])],
    }
    expect(prefix(texts, ['100', '10', '1110'])).toEqual([[3, 4, 6], false])
  })

  test('is nothing where the tokens do not part at the end of the prompt', () => {
    expect(prefix({ answer: [text([1, 5, 3, 4])] }, ['11'])).toEqual([[], false])
    expect(prefix({ answer: [text([1, 2, 3, 4], 1)] }, ['111'])).toEqual([[], false])
    expect(prefix({ answer: [text([1, 2, 3, 4], 3)] }, ['1'])).toEqual([[], false])
    expect(prefix({}, [])).toEqual([[], false])
  })
})

test('by real scores, answers gone on with are those generated from nothing', async () => {
  const config = {
    model_type: 'llama',
    vocab_size: 30,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    max_position_embeddings: 64,
    initializer_range: 0.4,
  }
  const engine = await createEngine({ threads: 2 })
  const model = buildModel(config, 'config.json')
  const values = new Map(
    [...model.parameters].map(([name, shape]) => [
      name,
      { data: model.initialValue(name, 5), shape },
    ]),
  )
  const common = { engine, model, weights: graphWeights(model), values }
  const inputs = new BatchInputs(model)
  const generator = await createGenerator(common)
  const scorer = await createTextScorer({ ...common, inputs, padToken: 0 })
  const prompts = [promptTokens, Int32Array.of(7, 3, 11, 5), Int32Array.of(20)]
  const settings = { maxNewTokens: 12, stopTokens: [] }
  const free = await generator.generate(prompts, settings)
  const known = [12, 7, 0]
  const prefixes: Int32Array[] = []
  for (const [b, prompt] of prompts.entries()) {
    // After what is right comes a token that the model would not choose, and a worse text beside it.
    const wrong = (free[b][known[b] % 12] + 1) % config.vocab_size
    const right = [...prompt, ...free[b].subarray(0, known[b])]
    const texts = {
      answer: [text([...prompt, wrong, 3, 4], prompt.length)],
      other: [text(known[b] === 12 ? right : [...right, wrong, 4], prompt.length)],
    }
    const all = Object.values(texts).flat()
    const found = await scorer.score(
      all.map(({ example }) => example),
      { distribution: false },
    )
    const row = { promptTokens: prompt, texts }
    const { tokens, ended } = answerPrefix(row, found, [], settings.maxNewTokens)
    expect([tokens.length, ended]).toEqual([known[b], known[b] === 12])
    prefixes.push(tokens)
  }
  expect(await generator.generate(prompts, { ...settings, prefixes })).toEqual(free)
  scorer.dispose()
  generator.dispose()
  engine.dispose()
})
