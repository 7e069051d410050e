import { z } from 'zod'
import { makeBatch } from '../../data/batch.ts'
import type { Example } from '../../data/example.ts'
import type { Engine, Tensor } from '../../engine/engine.ts'
import { sizeOf } from '../../graph/shape.ts'
import type { LanguageModel } from '../../model/model.ts'
import { graphWeights } from '../../model/weights.ts'
import { crossEntropy } from '../../parts/loss/cross-entropy.ts'
import type { BatchInputs } from '../../train/batch-inputs.ts'
import {
  alignedSize,
  type FlatLayout,
  type FlatTensors,
  flatLayout,
  flatTensors,
} from '../../train/flat.ts'
import { createGradientRunner, type GradientRunner } from '../../train/gradient.ts'
import type { RecordedText } from '../record.ts'
import { defineProbe, fieldsOfTexts, nineDigits, textsOfRows, tokensOfTexts } from './probe.ts'

export interface GradientNorms {
  /** For each example one norm per weight tensor, in the order of the model's parameters. */
  norms(examples: readonly Example[]): Promise<number[][]>
  dispose(): void
}

/** Numbers of one gradient, 2 GiB: weights beyond them take another pass over the same example. */
const numbersPerPass = 2 ** 29

/**
 * `‖∂loss/∂W‖₂` of every weight tensor `W`, where `loss` is the mean of −log p over one example's trained tokens.
 *
 * Every example is a pass of its own: a gradient of several could not be taken apart again.
 *
 * @param options.numbersPerPass how much of the gradient is held at once; the result does not depend on it
 */
export async function createGradientNorms(options: {
  engine: Engine
  model: LanguageModel
  values: ReadonlyMap<string, Tensor>
  inputs: BatchInputs
  padToken: number
  numbersPerPass?: number
}): Promise<GradientNorms> {
  const { engine, model, values, inputs, padToken } = options
  const parts = partsOf(model.parameters, options.numbersPerPass ?? numbersPerPass)
  const { memory } = engine
  const target = memory.make(Math.max(...parts.map(({ size }) => size)))
  const passes: { runner: GradientRunner; gradient: FlatTensors }[] = []
  for (const layout of parts) {
    const runner = await createGradientRunner({
      engine,
      model,
      weights: graphWeights(model),
      losses: { own: { loss: crossEntropy, knobs: {} } },
      trainable: [...layout.tensors.keys()],
      values,
      inputs,
    })
    passes.push({ runner, gradient: flatTensors(memory, layout, target) })
  }
  return {
    async norms(examples) {
      const all: number[][] = []
      for (const example of examples) {
        const own: number[] = []
        const micro = { batch: makeBatch([example], padToken), groups: ['own'] }
        for (const { runner, gradient } of passes) {
          // One micro-batch needs no second array.
          await runner.run([micro], { own: 1 }, gradient, () => gradient)
          for (const view of gradient.views.values()) own.push(norm(await memory.read(view)))
        }
        all.push(own)
      }
      return all
    },
    dispose() {
      for (const { runner } of passes) runner.dispose()
      memory.free(target)
    },
  }
}

/** What the gradient-norm attack reads: norms of every text's gradient. */
export const gradientNormsProbe = defineProbe({
  id: 'gradient-norms',
  title: 'Gradient norms',
  source: 'locuslab/open-unlearning mia_gradnorm, p = 2',
  needs: { gradients: true },
  schema: z.strictObject({}),
  asked: ({ gradientNorms }) => (gradientNorms ? {} : undefined),
  cost({ parameters }, rows) {
    const parts = partsOf(parameters, numbersPerPass)
    const tokens = parts.length * tokensOfTexts(rows)
    return {
      forwardTokens: tokens,
      backwardTokens: tokens,
      generatedTokens: 0,
      bytes: 4 * Math.max(...parts.map(({ size }) => size)),
    }
  },
  async open({ measurer: { session }, stopRequested }) {
    const { engine, model, store, inputs, tokenizer } = session
    const { padToken } = tokenizer
    const values = store.tensors
    const gradients = await createGradientNorms({ engine, model, values, inputs, padToken })
    return {
      async measure(rows) {
        const found: Partial<RecordedText>[] = []
        for (const { example } of textsOfRows(rows)) {
          if (stopRequested()) break
          const [norms] = await gradients.norms([example])
          found.push({ gradientNorms: norms.map(nineDigits) })
        }
        return { fields: fieldsOfTexts(rows, found) }
      },
      dispose: () => gradients.dispose(),
    }
  },
})

/** The weights in order, in parts of at most so many numbers (and at least one weight). */
function partsOf(parameters: ReadonlyMap<string, readonly number[]>, limit: number): FlatLayout[] {
  const parts: [string, readonly number[]][][] = [[]]
  let size = 0
  for (const [name, shape] of parameters) {
    const own = alignedSize(sizeOf(shape))
    if (size > 0 && size + own > limit) {
      parts.push([])
      size = 0
    }
    parts[parts.length - 1].push([name, shape])
    size += own
  }
  return parts.map(flatLayout)
}

function norm(values: Float32Array): number {
  let sum = 0
  for (const value of values) sum += value * value
  return Math.sqrt(sum)
}
