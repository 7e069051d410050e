import { describe, expect, test } from 'vitest'
import { UserError } from '../error.ts'
import { methods } from '../method/methods.ts'
import { loadPretrainRecipe, loadRecipe } from './load.ts'
import { withoutLists } from './testing/without-lists.ts'

const good = `# lethe run recipes/takedown.yaml
model: ./my-model
forget: { path: forget.jsonl }
retain: { path: retain.jsonl }
method: { id: blur, forgetLoss: npo, beta: 0.1, gamma: 1 }
train:
  epochs: 3
  learningRate: 1e-5
  parameters: { lora: { rank: 8 } }
`
const pretrain = `model: { hidden_size: 64, intermediate_size: 128, num_hidden_layers: 2, num_attention_heads: 4 }
tokenizer: { vocabSize: 512 }
data: { path: [a.jsonl, b.jsonl] }
`

/** The lines a user would see. */
function linesOf(load: () => unknown): string[] {
  try {
    load()
  } catch (error) {
    if (error instanceof UserError) return withoutLists(error.message).split('\n')
    throw error
  }
  return []
}
const lines = (text: string, sets: string[] = []) => linesOf(() => loadRecipe(text, 'r.yaml', sets))

const ids = [...methods.keys()]
const known = `${ids.slice(0, -1).join(', ')} or ${ids.at(-1)}`

describe('a right recipe', () => {
  const { recipe } = loadRecipe(good, 'recipes/takedown.yaml')

  test('keeps what is written', () => {
    expect(recipe.model).toBe('./my-model')
    expect(recipe.method).toEqual({
      id: 'blur',
      forgetLoss: 'npo',
      retainLoss: 'cross-entropy',
      beta: 0.1,
      gamma: 1,
      metric: 'euclidean',
    })
    expect(recipe.train.epochs).toBe(3)
    expect(recipe.train.parameters).toMatchObject({ lora: { rank: 8 } })
  })

  test('reads 1e-5 as a number, in the file and in a flag', () => {
    expect(recipe.train.learningRate).toBe(0.00001)
    const set = loadRecipe(good, 'r.yaml', ['train.learningRate=3e-5'])
    expect(set.recipe.train.learningRate).toBe(0.00003)
  })

  test('has every default filled in', () => {
    expect(recipe.output).toBe('runs/takedown')
    expect(recipe.train.optimizer).toEqual({
      id: 'adamw',
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
    })
    expect(recipe.forget.preference).toBe('rejected')
    expect(recipe.retain?.preference).toBe('chosen')
    expect(JSON.stringify(recipe)).not.toContain('undefined')
  })

  test('takes the short forms of method and optimiser', () => {
    const short = good.replace(/method: .*/, 'method: npo').replace('epochs: 3', 'optimizer: adamw')
    const loaded = loadRecipe(short, 'r.yaml').recipe
    expect(loaded.method.id).toBe('npo')
    expect(loaded.train.optimizer.id).toBe('adamw')
    expect(loaded.train.epochs).toBe(5)
  })

  test('has no default for epochs when steps are given', () => {
    const { train } = loadRecipe(good.replace('epochs: 3', 'steps: 20'), 'r.yaml').recipe
    expect([train.epochs, train.steps]).toEqual([null, 20])
  })

  test('may be JSON, with tabs, and name its schema', () => {
    const json = JSON.stringify({ $schema: '../schema/recipe.json', ...recipe }, null, '\t')
    expect(loadRecipe(json, 'takedown.json').recipe).toEqual(recipe)
  })

  test('of a method without a retain loss needs no retain set', () => {
    const alone = good.replace(/retain: .*\n/, '').replace(/method: .*/, 'method: ga')
    expect(loadRecipe(alone, 'r.yaml').recipe.retain).toBeNull()
  })
})

test('five mistakes are told at once, in the order of the file', () => {
  const wrong = `model: ./my-model
forget: { pth: forget.jsonl }
retain: { path: retain.jsonl }
method: { id: blur, betta: 0.1 }
train:
  epochs: 3
  steps: 100
  learningRate: "1e-5"
  batchSize: 0
`
  expect(lines(wrong)).toEqual([
    'r.yaml:2:11: forget.pth: expected one of …, got unknown key "pth". Did you mean "path"?',
    'r.yaml:4:21: method.betta: expected one of …, got unknown key "betta". Did you mean "beta"?',
    'r.yaml:7:3: train.steps: expected epochs or steps, not both, got epochs 3 and steps 100. Remove one of the two lines',
    'r.yaml:8:17: train.learningRate: expected number > 0, got "1e-5". "1e-5" is text here; write the number without quotes: 1e-5',
    'r.yaml:9:14: train.batchSize: expected whole number > 0, got 0',
  ])
})

test('a metric of the optimiser needs one that has a factor for each weight', () => {
  const inMetric = `${good.replace('gamma: 1', 'gamma: 1, metric: optimizer')}  optimizer: `
  expect(lines(`${inMetric}adamw\n`)).toEqual([])
  expect(lines(`${inMetric}sgd\n`)).toEqual([])
  expect(lines(`${inMetric}lion\n`)).toEqual([
    'r.yaml:10:14: train.optimizer: expected adamw or sgd, since metric optimizer needs a factor for each weight, got lion',
  ])
  expect(lines(`${inMetric}lion\n`.replace('metric: optimizer', 'metric: euclidean'))).toEqual([])
})

test('what chooses answer tokens is refused beside a loss that looks elsewhere', () => {
  const recipe = (method: string, tokens: string) => `model: ./my-model
forget: { path: forget.jsonl${tokens} }
retain: { path: retain.jsonl }
method: ${method}
`
  const released = '{ id: undial, variant: released }'
  expect(lines(recipe(released, ''))).toEqual([])
  expect(lines(recipe('undial', ', tokens: critical-ngrams'))).toEqual([])
  expect(lines(recipe(released, ', tokens: critical-ngrams'))).toEqual([
    expect.stringContaining('expected no forget.tokens beside method.variant released'),
  ])
})

test('a key that is not known is answered with those that are', () => {
  const text = good.replace('forget: { path:', 'forget: { pth:')
  expect(() => loadRecipe(text, 'r.yaml')).toThrow(
    /expected one of path, (\w+, )*limit, (\w+, )*\w+, got unknown key "pth"/,
  )
})

describe('one mistake', () => {
  const cases: [what: string, change: [string | RegExp, string], expected: string][] = [
    [
      'an unknown method',
      ['id: blur', 'id: blurr'],
      `r.yaml:5:15: method.id: expected ${known}, got "blurr". Did you mean "blur"?`,
    ],
    [
      'an edit in the place of a method',
      ['{ id: blur, forgetLoss: npo, beta: 0.1, gamma: 1 }', 'unierase'],
      `r.yaml:5:9: method.id: expected ${known}, got "unierase". unierase changes the weights without a loop of gradients: write a recipe of stages with edit: unierase, as in recipes/unierase.yaml`,
    ],
    [
      'a knob that the chosen loss does not have',
      ['forgetLoss: npo', 'forgetLoss: ga'],
      'r.yaml:5:37: method.beta: expected one of …, got unknown key "beta". "beta" is a knob of forgetLoss npo, …',
    ],
    [
      'a number with separators',
      ['epochs: 3', 'steps: 1_000'],
      'r.yaml:7:10: train.steps: expected whole number > 0 or null, got "1_000". "1_000" is text here; write the number without quotes: 1000',
    ],
    [
      'a wrong type',
      ['epochs: 3', 'epochs: [3]'],
      'r.yaml:7:11: train.epochs: expected whole number > 0 or null, got a list of 1',
    ],
    [
      'a fraction where a whole number is expected',
      ['rank: 8', 'rank: 8.5'],
      'r.yaml:9:31: train.parameters.lora.rank: expected whole number > 0, got 8.5',
    ],
    [
      'an unknown key deep in an alternative',
      ['rank: 8', 'rnk: 8'],
      'r.yaml:9:25: train.parameters.lora.rnk: expected one of …, got unknown key "rnk". Did you mean "rank"?',
    ],
    [
      'two alternatives at once',
      ['{ lora: { rank: 8 } }', '{ pattern: a, lora: { rank: 8 } }'],
      'r.yaml:9:15: train.parameters: expected all, auto, mapping with pattern or mapping with lora, got a mapping with pattern, lora',
    ],
    [
      'a key in the wrong place',
      ['train:', 'seed: 1\ntrain:'],
      'r.yaml:6:1: seed: expected one of …, got unknown key "seed". "seed" belongs at train.seed',
    ],
    [
      'a word for a boolean of YAML 1.1',
      ['epochs: 3', 'guards: { nonFinite: yes }'],
      'r.yaml:7:24: train.guards.nonFinite: expected true or false, got "yes". Write true',
    ],
    [
      'an empty section',
      [/train:[\s\S]*/, 'train:\n'],
      'r.yaml:6:1: train: expected mapping with epochs, steps, batchSize, accumulate, learningRate, optimizer, schedule, warmupSteps, clipNorm, parameters, weights, gradients, sharpness, softmaxRadius, adaptRateEvery, groupRates, seed, saveEvery, keepStates, guards, got null. Leave the key out to use the defaults',
    ],
    [
      'no retain set for a method that needs one',
      [/retain: .*\n/, ''],
      'r.yaml:2:1: retain: expected a retain set, since method blur has a retain loss, got nothing. Add retain: { path: … } with examples of what is to be kept, or retain: auto if you have none',
    ],
    [
      'a template without its place',
      ['forget.jsonl }', 'f.jsonl, template: { prompt: "Q: {qestion}", answer: "{answer}" } }'],
      'r.yaml:3:46: forget.template.prompt: expected text with {question}, got "Q: {qestion}". Did you mean {question} instead of {qestion}?',
    ],
    [
      'a warm-up longer than the run',
      ['epochs: 3', 'steps: 5\n  warmupSteps: 5'],
      'r.yaml:8:16: train.warmupSteps: expected warmupSteps < steps = 5, got 5',
    ],
    [
      'an infinite number',
      ['1e-5', '.inf'],
      'r.yaml:8:17: train.learningRate: expected number > 0, got Infinity',
    ],
    [
      'a duplicate key',
      ['epochs: 3', 'epochs: 3\n  epochs: 4'],
      'r.yaml:8:3: epochs: expected each key once, got "epochs" a second time. Remove one of the two',
    ],
    [
      'a tab',
      ['  epochs: 3', '\tepochs: 3'],
      'r.yaml:7:1: expected spaces as indentation, got a tab. YAML does not allow tabs there; use two spaces for each level',
    ],
    [
      'a missing comma',
      ['npo, beta', 'npo beta'],
      'r.yaml:5:33: expected a comma between the entries of { … } or [ … ], got a second "key:" without one',
    ],
    [
      'a second document',
      ['train:', '---\ntrain:'],
      'r.yaml:6:1: expected one document, got a second one, after "---"',
    ],
    [
      'a key that objects have by nature',
      ['train:', 'constructor: 1\ntrain:'],
      'r.yaml:6:1: constructor: expected one of …, got unknown key "constructor"',
    ],
  ]
  test.each(cases)('%s', (_, [from, to], expected) => {
    expect(lines(good.replace(from, to))).toEqual([expected])
  })

  test('an empty file', () => {
    expect(lines('# nothing\n')).toEqual([
      'r.yaml:1:1: expected an unlearning recipe, got an empty file. lethe init writes one to start from',
    ])
  })

  test('a list instead of a mapping', () => {
    expect(lines('- model')).toEqual([
      'r.yaml:1:1: expected mapping with model, forget, retain, goal, method, train, evaluate, track, plugins, output, got a list of 1',
    ])
  })

  test('an alias without an anchor', () => {
    expect(lines('model: *x')[0]).toMatch(/^r\.yaml:1:1: expected valid YAML, got Unresolved alias/)
  })
})

test('values behind an alias have the place of the anchor', () => {
  const text = good
    .replace('{ path: forget.jsonl }', '&data { path: f.jsonl, limt: 3 }')
    .replace('{ path: retain.jsonl }', '*data')
  expect(lines(text).map((line) => line.split(': ').slice(0, 2).join(' '))).toEqual([
    'r.yaml:3:32 forget.limt',
    'r.yaml:3:32 retain.limt',
  ])
})

describe('--set', () => {
  test('goes before the file, and may add or write out', () => {
    const { recipe } = loadRecipe(good, 'r.yaml', [
      'train.epochs=null',
      'train.steps=7',
      'train.parameters=all',
      'train.optimizer=adamw',
      'train.optimizer.weightDecay=0',
      'evaluate.limit=10',
    ])
    expect(recipe.train).toMatchObject({ epochs: null, steps: 7, parameters: 'all' })
    expect(recipe.train.optimizer.weightDecay).toBe(0)
    expect(recipe.evaluate.limit).toBe(10)
  })

  test('is checked as the file is, and named in the message', () => {
    expect(lines(good, ['train.batchSize=none', 'trian.seed=1', 'x', 'a=['])).toEqual([
      'expected path=value, got --set x. For example --set train.learningRate=3e-5',
      'a: expected a YAML value after "=", got --set a=[. Flow sequence must end with a ]',
      'train.batchSize: expected whole number > 0, got "none" (from --set train.batchSize=none)',
      'trian: expected one of …, got unknown key "trian" (from --set trian.seed=1). Did you mean "train"?',
    ])
  })
})

test('flags may name a part and then turn its knobs', () => {
  const { recipe } = loadRecipe(good, 'r.yaml', ['method=npo', 'method.beta=0.5'])
  expect(recipe.method).toMatchObject({ id: 'npo', beta: 0.5 })
})

describe('what a method brings along', () => {
  const altPo = good.replace(/method: .*/, 'method: alt-po')

  test('fills in keys that are not written, and says so', () => {
    const { recipe, provenance } = loadRecipe(altPo, 'r.yaml')
    expect(recipe.forget.preferred).toBe('chosen')
    expect(provenance['forget.preferred']).toEqual({ from: 'part', part: 'method alt-po' })
    expect(provenance['forget.refusals']).toEqual({ from: 'default' })
    expect(loadRecipe(good, 'r.yaml').recipe.forget.preferred).toBe(null)
  })

  test('gives way to the file and to flags', () => {
    const { recipe, provenance } = loadRecipe(altPo, 'r.yaml', ['forget.preferred=refusal'])
    expect(recipe.forget.preferred).toBe('refusal')
    expect(provenance['forget.preferred'].from).toBe('flag')
  })
})

describe('provenance', () => {
  const { provenance } = loadRecipe(good, 'r.yaml', ['train.seed=3', 'method.gamma=2'])

  test('knows defaults, lines and flags', () => {
    expect(provenance['train.learningRate']).toEqual({
      from: 'file',
      position: { file: 'r.yaml', line: 8, column: 17 },
    })
    expect(provenance['train.batchSize']).toEqual({ from: 'default' })
    expect(provenance['train.parameters.lora.rank'].from).toBe('file')
    expect(provenance['train.parameters.lora.alpha'].from).toBe('default')
    expect(provenance['train.seed']).toEqual({ from: 'flag', flag: '--set train.seed=3' })
    expect(provenance['method.gamma'].from).toBe('flag')
    expect(provenance['method.beta'].from).toBe('file')
    expect(provenance['method.retainLoss'].from).toBe('default')
  })
})

describe('a pretraining recipe', () => {
  test('a template of its data must say where question and answer go', () => {
    const template = 'template: { prompt: "{question}", answer: " {anser}" }'
    const text = pretrain.replace('b.jsonl] }', `b.jsonl], ${template} }`)
    expect(linesOf(() => loadPretrainRecipe(text, 'p.yaml'))).toEqual([
      expect.stringMatching(/^p\.yaml:3:\d+: data\.template\.answer: expected .*\{answer\}/),
    ])
    const right = loadPretrainRecipe(text.replace('anser', 'answer'), 'p.yaml').recipe
    expect(right.data.template).toEqual({ prompt: '{question}', answer: ' {answer}' })
  })

  test('is filled in', () => {
    const { recipe } = loadPretrainRecipe(pretrain, 'recipes/tiny.yaml')
    expect(recipe.model).toMatchObject({ rope_theta: 10000 })
    expect(recipe.data.path).toEqual(['a.jsonl', 'b.jsonl'])
    expect(recipe.train.learningRate).toBe(0.001)
    expect(recipe.output).toBe('runs/tiny')
  })

  test('is checked across its numbers', () => {
    const text = pretrain
      .replace('hidden_size: 64', 'hidden_size: 60')
      .replace('_heads: 4', '_heads: 4, num_key_value_heads: 3')
      .replace('{ vocabSize: 512 }', '{ vocabsize: 512 }')
    expect(linesOf(() => loadPretrainRecipe(text, 'p.yaml'))).toEqual([
      'p.yaml:1:23: model.hidden_size: expected a multiple of 2 · num_attention_heads = 8, got 60. Each head has hidden_size / num_attention_heads dimensions, which the rotary embedding turns in pairs',
      'p.yaml:1:94: model.num_attention_heads: expected a multiple of num_key_value_heads = 3, got 4',
      'p.yaml:2:14: tokenizer.vocabsize: expected one of …, got unknown key "vocabsize". Did you mean "vocabSize"?',
    ])
  })

  test('goes on from a model with its tokenizer, or another that is there, but not a new one', () => {
    const further = pretrain.replace(/^model: .*$/m, 'model: { path: base }')
    const own = loadPretrainRecipe(further.replace(/^tokenizer: .*\n/m, ''), 'p.yaml').recipe
    expect([own.model, own.tokenizer]).toEqual([{ path: 'base' }, null])
    const sets = ['tokenizer={path: other}']
    expect(loadPretrainRecipe(further, 'p.yaml', sets).recipe.tokenizer).toEqual({ path: 'other' })
    expect(linesOf(() => loadPretrainRecipe(further, 'p.yaml'))).toEqual([
      'p.yaml:2:14: tokenizer.vocabSize: expected no new tokenizer for the model of model.path, which has one, got vocabSize 512. Remove tokenizer, or set it to null',
    ])
    expect(linesOf(() => loadPretrainRecipe(pretrain, 'p.yaml', ['tokenizer=null']))).toEqual([
      expect.stringMatching(/tokenizer: expected a tokenizer for a new model, got nothing/),
    ])
    expect(linesOf(() => loadPretrainRecipe(pretrain, 'p.yaml', ['model={pth: base}']))).toEqual([
      expect.stringMatching(/model\.pth: .*unknown key "pth".* Did you mean "path"\?/),
    ])
  })
})
