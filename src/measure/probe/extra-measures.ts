import { UserError } from '../../error.ts'
import { openModel, openSession, type Session } from '../../train/session.ts'
import type { Benchmark } from '../benchmark.ts'
import { createGradientNorms, type GradientNorms } from './gradient-norms.ts'
import { createLayerPatch, type LayerPatch } from './layer-patch.ts'

/** What some benchmarks measure beside scores and answers; null where this one does not ask for it. */
export interface ExtraMeasures {
  readonly gradientNorms: GradientNorms | null
  readonly layerPatch: LayerPatch | null
  dispose(): void
}

/** Whether a benchmark compares activations with those of the original model. */
export function needsOriginal({ sets }: Benchmark): boolean {
  return Object.values(sets).some(({ patchedLayers }) => patchedLayers)
}

/** @throws UserError for a benchmark that needs the original model where none is named */
export function requireOriginal(benchmark: Benchmark, original: string | null): string | null {
  if (!needsOriginal(benchmark)) return null
  if (original !== null) return original
  throw new UserError({
    code: 'missing',
    path: '--original',
    expected: 'the original model, into which the activations of the evaluated one are put',
    got: 'nothing',
    hint: `${benchmark.id} asks for patchedLayers`,
  })
}

/**
 * Makes ready what a benchmark asks for.
 *
 * @param original  the folder of the original model; read only where it is needed
 * @throws UserError for an original model of another shape
 */
export async function createExtraMeasures(
  benchmark: Benchmark,
  session: Session,
  original: string | null,
  options: { readonly tokensPerBatch?: number },
): Promise<ExtraMeasures> {
  const { engine, model, store, inputs, tokenizer } = session
  const common = { engine, inputs, padToken: tokenizer.padToken, ...options }
  const values = store.tensors
  const asksNorms = Object.values(benchmark.sets).some(({ gradientNorms }) => gradientNorms)
  const gradientNorms = asksNorms ? await createGradientNorms({ ...common, model, values }) : null
  let layerPatch: LayerPatch | null = null
  if (original !== null) {
    const host = await openSession(engine, await openModel(original), null)
    if (host.model.layers !== model.layers || host.model.dim !== model.dim)
      throw new UserError({
        code: 'other-shape',
        path: original,
        expected: `an original model of layers = ${model.layers}, dim = ${model.dim}, as the evaluated one`,
        got: `layers = ${host.model.layers}, dim = ${host.model.dim}`,
      })
    layerPatch = await createLayerPatch({
      ...common,
      donor: { model, values },
      host: { model: host.model, values: host.store.tensors },
    })
  }
  return {
    gradientNorms,
    layerPatch,
    dispose() {
      gradientNorms?.dispose()
      layerPatch?.dispose()
    },
  }
}
