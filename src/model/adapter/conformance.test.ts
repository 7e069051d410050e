import { describe, expect, test } from 'vitest'
import { referenceEngine } from '../../engine/reference.ts'
import { UserError } from '../../error.ts'
import { input } from '../../graph/index.ts'
import { sizeOf } from '../../graph/shape.ts'
import { gaussian } from '../../math/random.ts'
import { tinyModel } from '../../train/testing/tiny-model.ts'
import type { LanguageModel } from '../model.ts'
import { graphWeights } from '../weights.ts'
import type { Adapter, AdapterFamily, StartingWeight } from './adapter.ts'
import { adapters } from './adapters.ts'

const llama = tinyModel()
// Its weights are stored [in, out].
const gpt2 = tinyModel({
  model_type: 'gpt2',
  n_embd: 16,
  n_layer: 2,
  n_head: 2,
  n_inner: 24,
  n_positions: 64,
  layer_norm_epsilon: 1e-5,
  activation_function: 'gelu_new',
})
const targets = new Map([
  [llama, ['q_proj', 'down_proj']],
  [gpt2, ['c_attn', 'c_proj']],
])

const cases = [...adapters.values()].flatMap((family) =>
  family.variants.flatMap((variant) =>
    [llama, gpt2].map((model) => ({
      family,
      variant,
      model,
      name: `${family.id} ${JSON.stringify(variant)} on ${model.modelType}`,
    })),
  ),
)

function place(family: AdapterFamily, variant: object, model: LanguageModel): Adapter {
  const knobs = {
    ...variant,
    ...('targets' in family.schema.shape && { targets: targets.get(model) }),
  }
  return family.place(model, family.schema.parse(knobs))
}

const random = (name: string, length: number) =>
  Float32Array.from({ length }, (_, i) => 0.3 * gaussian(1, [name], i))

/** Weights of the model, drawn, and the adapter's tensors as they begin by its seed. */
function startingValues(model: LanguageModel, adapter: Adapter): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>()
  for (const [name, shape] of model.parameters) values.set(name, random(name, sizeOf(shape)))
  for (const name of adapter.shapes.keys()) values.set(name, adapter.initial(name, 5))
  return values
}

const reader = (values: ReadonlyMap<string, Float32Array>) => async (name: string) => {
  const held = values.get(name)
  if (!held) throw new Error(`no tensor ${name}`)
  return held
}

/** Begun as a run begins it. */
async function begun(model: LanguageModel, adapter: Adapter): Promise<Map<string, Float32Array>> {
  const values = startingValues(model, adapter)
  const { start } = adapter
  if (!start) return values
  const squares = (name: string, length: number) => random(name, length).map((x) => x * x + 0.01)
  for (const name of adapter.weights) {
    const weight = await reader(values)(name)
    const fisher = {
      forget: squares(`forget ${name}`, weight.length),
      retain: squares(`retain ${name}`, weight.length),
    }
    const given: StartingWeight = { weight, fisher: start.needs.fisher ? fisher : null, seed: 3 }
    for (const [own, first] of start.begin(name, given)) values.set(own, first)
  }
  for (const name of adapter.weights) values.set(name, await start.beside(name, reader(values)))
  return values
}

/** `x · Wᵀ` of every layer that is changed, in float64. */
async function outputs(
  model: LanguageModel,
  adapter: Adapter | null,
  values: ReadonlyMap<string, Float32Array>,
  linears: readonly string[],
): Promise<Float64Array[]> {
  const weights = graphWeights(model, adapter)
  const results: Float64Array[] = []
  for (const linear of linears) {
    const stored = model.parameters.get(`${linear}.weight`) as readonly number[]
    const [out, width] = model.transposed.has(linear) ? stored.toReversed() : stored
    const program = await referenceEngine.compile({
      y: weights.linear(input('x', [3, width]), linear),
    })
    const shapes = new Map([...model.parameters, ...(adapter?.shapes ?? [])])
    const given = Object.fromEntries(
      [...values].map(([name, data]) => [name, { data, shape: shapes.get(name) ?? [] }]),
    )
    const y = new Float64Array(3 * out)
    await program.run({ ...given, x: { data: random('x', 3 * width), shape: [3, width] } }, { y })
    results.push(y)
  }
  return results
}

const linearsOf = ({ weights }: Adapter, model: LanguageModel) =>
  model.linears.filter((linear) => weights.includes(`${linear}.weight`))

function expectClose(got: readonly Float64Array[], expected: readonly Float64Array[]) {
  for (const [k, values] of expected.entries())
    for (const [i, value] of values.entries()) expect(got[k][i]).toBeCloseTo(value, 4)
}

describe.each([...adapters])('adapters %s', (id, family) => {
  test('are declared in full: every knob has a default and a description', () => {
    expect(family.id).toBe(id)
    expect(family.schema.parse({})).toBeTypeOf('object')
    for (const [name, field] of Object.entries(family.schema.shape))
      expect((field as { description?: string }).description, name).toBeTruthy()
    for (const text of [family.title, family.source, family.formula, family.summary])
      expect(text).not.toBe('')
  })

  test('begin on the linear layers of any family, unless told otherwise', () => {
    for (const model of [llama, gpt2]) {
      const { weights } = family.place(model, family.schema.parse({}))
      expect([...weights]).toEqual(model.linears.map((linear) => `${linear}.weight`))
    }
  })

  test('refuse layers that the model has not', () => {
    if (!('targets' in family.schema.shape)) return
    const knobs = family.schema.parse({ targets: ['no_such_layer'] })
    expect(() => family.place(llama, knobs)).toThrow(UserError)
  })
})

describe.each(cases)('$name', ({ family, variant, model }) => {
  const adapter = place(family, variant, model)
  const linears = linearsOf(adapter, model)

  test('first values have the declared shapes and are those of their seed', async () => {
    expect(adapter.weights.length).toBeGreaterThan(0)
    for (const name of adapter.weights) expect(model.parameters.has(name)).toBe(true)
    for (const [name, shape] of adapter.shapes) {
      expect(model.parameters.has(name)).toBe(false)
      expect(adapter.initial(name, 5)).toHaveLength(sizeOf(shape))
      expect(adapter.initial(name, 5)).toEqual(adapter.initial(name, 5))
    }
    const [one, other] = [await begun(model, adapter), await begun(model, adapter)]
    for (const name of one.keys()) expect(other.get(name)).toEqual(one.get(name))
  })

  test('at its beginning the model is as before', async () => {
    const before = startingValues(model, adapter)
    const after = await begun(model, adapter)
    const plain = await outputs(model, null, before, linears)
    expectClose(await outputs(model, adapter, after, linears), plain)
    if (adapter.start) return
    for (const name of adapter.weights) {
      expect(after.get(name)).toEqual(before.get(name))
      expect(await adapter.merged(name, reader(after))).toEqual(before.get(name))
    }
  })

  test('merged into the weights gives what it gives beside them, wherever training took it', async () => {
    const values = await begun(model, adapter)
    for (const [name, shape] of adapter.shapes)
      values.set(name, random(`trained ${name}`, sizeOf(shape)))
    const merged = new Map(values)
    for (const name of model.parameters.keys())
      merged.set(name, await adapter.merged(name, reader(values)))
    const beside = await outputs(model, adapter, values, linears)
    expectClose(await outputs(model, null, merged, linears), beside)
    for (const name of model.parameters.keys())
      if (adapter.weights.includes(name)) expect(merged.get(name)).not.toEqual(values.get(name))
      else expect(merged.get(name)).toBe(values.get(name))
  })

  test('neutral, it changes no bit of a weight', async () => {
    const values = await begun(model, adapter)
    for (const [name, shape] of adapter.shapes)
      values.set(name, random(`trained ${name}`, sizeOf(shape)))
    await adapter.neutralise(async (name, neutral) => void values.set(name, neutral))
    for (const name of adapter.weights)
      expect(await adapter.merged(name, reader(values))).toEqual(values.get(name))
  })

  test('leaves other layers alone', async () => {
    const other = model.linears.filter((linear) => !linears.includes(linear))
    const values = await begun(model, adapter)
    const plain = await outputs(model, null, values, other)
    expect(await outputs(model, adapter, values, other)).toEqual(plain)
  })
})
