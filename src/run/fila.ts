import { makeBatch } from '../data/batch.ts'
import type { Example } from '../data/example.ts'
import { adapterNames, graphWeights, type LoraOptions, mergeAdapter } from '../model/weights.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import type { Recipe } from '../recipe/schema.ts'
import { filaFactors } from '../train/fila.ts'
import { type FlatTensors, flatLayout, flatTensors } from '../train/flat.ts'
import { createGradientRunner } from '../train/gradient.ts'
import { lengthBatches } from '../train/scorer.ts'
import type { Session } from '../train/session.ts'
import type { RunData } from './run-data.ts'

/** Adapters begin elsewhere than at zero. */
export function usesFila({ train: { parameters } }: Recipe): boolean {
  return typeof parameters === 'object' && 'lora' in parameters && parameters.lora.init === 'fila'
}

/** Padded tokens in a batch whose gradient is squared. */
export const filaTokensPerBatch = 1024

/**
 * Begins the adapters by FILA, where the recipe says so, and takes them off the weights they stand beside.
 *
 * What is measured or scored of the starting model must be so before. The adapters at the start are stored with each
 * state: the weights beside them follow from those, so that a resumed run is the same to the bit.
 *
 * Cost: the gradient of every adapted matrix over both sets once, and two arrays of their size.
 */
export async function startAdapters(
  recipe: Recipe,
  session: Session,
  data: RunData,
  stored?: ReadonlyMap<string, { data: Float32Array }>,
): Promise<Map<string, Float32Array>> {
  const { store, model } = session
  const { lora } = store.trainable
  const { seed } = recipe.train
  if (!lora || !usesFila(recipe)) return new Map()
  const known = stored?.get('adapters')
  if (known) store.trained.data.set(known.data)
  else await fillAdapters(session, lora, data, seed)
  for (const target of lora.targets) {
    const weight = store.tensors.get(`${target}.weight`)?.data as Float32Array
    const { a, b } = adapterNames(target)
    const [left, right] = [a, b].map((name) => store.trained.views.get(name) as Float32Array)
    const off = { ...lora, alpha: -lora.alpha }
    weight.set(mergeAdapter(weight, left, right, off, model.transposed.has(target)))
  }
  return new Map([['adapters', store.trained.data.slice()]])
}

async function fillAdapters(
  session: Session,
  lora: LoraOptions,
  data: RunData,
  seed: number,
): Promise<void> {
  const { store, model } = session
  const forget = await fisherInformation(session, lora, data.forget)
  const retain = await fisherInformation(session, lora, data.retain ?? [])
  for (const target of lora.targets) {
    const name = `${target}.weight`
    const { a, b } = adapterNames(target)
    const [left, right] = [a, b].map((each) => store.trained.views.get(each) as Float32Array)
    const factors = filaFactors(
      store.tensors.get(name)?.data as Float32Array,
      forget.views.get(name) as Float32Array,
      retain.views.get(name) as Float32Array,
      {
        outputs: right.length / lora.rank,
        inputs: left.length / lora.rank,
        rank: lora.rank,
        alpha: lora.alpha,
        isTransposed: model.transposed.has(target),
        seed,
      },
    )
    left.set(factors.a)
    right.set(factors.b)
  }
}

/** `Σ_b c_b·g_b² / Σ_b c_b` over batches b of c_b answer tokens, g_b the gradient of their mean −log p. */
async function fisherInformation(
  session: Session,
  lora: LoraOptions,
  examples: readonly Example[],
): Promise<FlatTensors> {
  const { engine, model, store, feeds, tokenizer } = session
  const names = lora.targets.map((target) => `${target}.weight`)
  const layout = flatLayout(names.map((name) => [name, model.parameters.get(name) ?? []] as const))
  const information = flatTensors(layout)
  if (examples.length === 0) return information
  const runner = await createGradientRunner({
    engine,
    model,
    weights: graphWeights(model),
    losses: { own: { loss: crossEntropy, knobs: {} } },
    trainable: names,
    values: store.tensors,
    feeds,
  })
  const gradient = flatTensors(layout)
  let tokens = 0
  for (const places of lengthBatches(examples, filaTokensPerBatch)) {
    const batch = makeBatch(
      places.map((place) => examples[place]),
      tokenizer.padToken,
    )
    const micro = { batch, groups: places.map(() => 'own') }
    await runner.run([micro], { own: 1 }, gradient, () => gradient)
    const count = batch.rows.length
    tokens += count
    const { data } = information
    for (let i = 0; i < data.length; i++) data[i] += count * gradient.data[i] ** 2
  }
  runner.dispose()
  for (let i = 0; i < information.data.length; i++) information.data[i] /= tokens
  return information
}
