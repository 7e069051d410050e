import { z } from 'zod'
import { nearest, UserError } from '../../error.ts'
import { add, matmul } from '../../graph/index.ts'
import { sizeOf } from '../../graph/shape.ts'
import { uniform } from '../../math/random.ts'
import type { LanguageModel } from '../model.ts'
import { type Adapter, type AdapterStart, defineAdapter } from './adapter.ts'
import { factorNames, mergeFactors } from './low-rank.ts'
import type { LowRankStart } from './start/low-rank-start.ts'
import { lowRankStarts } from './start/low-rank-starts.ts'

const startTexts = [...lowRankStarts.values()].map(({ id, summary }) => `"${id}" (${summary})`)

const schema = z.strictObject({
  rank: z
    .int()
    .positive()
    .default(16)
    .describe('Rank of the two factors A [rank, in] and B [out, rank].'),
  alpha: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('The adapter is scaled by alpha / rank. null: twice the rank.'),
  targets: z
    .array(z.string().min(1))
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Linear layers that get an adapter, by the last part of their name. null: all those of the family.',
    ),
  init: z
    .enum([...lowRankStarts.keys()])
    .default('zero')
    .describe(
      `How adapters begin: ${startTexts.join(' or ')}; the model is the same at the start either way.`,
    ),
})

/** Low-rank adapters: the update of a weight is the product of two thin matrices. */
export const lora = defineAdapter({
  id: 'lora',
  title: 'Low-rank adapters (LoRA)',
  source: 'Hu et al. 2021, arXiv:2106.09685',
  formula: 'W + alpha/rank·B·A',
  summary: 'Low-rank adapters; they are merged into the weights at export.',
  schema,
  variants: [...lowRankStarts.keys()].map((init) => ({ init })),
  place(model, { rank, alpha, targets, init }) {
    const start = lowRankStarts.get(init)
    if (!start) throw new Error(`internal: no start ${init}`)
    const linears = targetLayers(model, targets)
    return placed(model, { linears, rank, alpha: alpha ?? 2 * rank }, start)
  },
})

interface LowRank {
  readonly linears: readonly string[]
  readonly rank: number
  readonly alpha: number
}

function placed(model: LanguageModel, lowRank: LowRank, start: LowRankStart): Adapter {
  const { linears, rank, alpha } = lowRank
  const adapted = new Map(linears.map((linear) => [`${linear}.weight`, linear]))
  const names = linears.map(factorNames)
  const firsts = new Set(names.map(({ a }) => a))
  const shapes = new Map(
    linears.flatMap((linear): [string, readonly number[]][] => {
      const [outputs, inputs] = sizesOf(model, linear)
      const { a, b } = factorNames(linear)
      return [
        [a, [rank, inputs]],
        [b, [outputs, rank]],
      ]
    }),
  )
  return {
    shapes,
    weights: [...adapted.keys()],
    adapt: (plain) => ({
      ...plain,
      linear(x, name) {
        const y = plain.linear(x, name)
        if (!adapted.has(`${name}.weight`)) return y
        const { a, b } = factorNames(name)
        const low = matmul(x, plain.node(a), { transposeB: true, alpha: alpha / rank })
        return add(y, matmul(low, plain.node(b), { transposeB: true }))
      },
    }),
    initial(name, seed) {
      const [rows, columns] = shapes.get(name) as readonly number[]
      const values = new Float32Array(rows * columns)
      if (!firsts.has(name)) return values
      const bound = 1 / Math.sqrt(columns)
      return values.map((_, i) => bound * (2 * uniform(seed, ['adapter', name], i) - 1))
    },
    async merged(name, read) {
      const linear = adapted.get(name)
      if (linear === undefined) return read(name)
      const { a, b } = factorNames(linear)
      const [weight, left, right] = [await read(name), await read(a), await read(b)]
      return mergeFactors(weight, left, right, lowRank, model.transposed.has(linear))
    },
    async neutralise(write) {
      for (const { b } of names)
        await write(b, new Float32Array(sizeOf(shapes.get(b) as readonly number[])))
    },
    start: start.fromWeight && weightStart(model, lowRank, adapted, start.fromWeight),
  }
}

/** Factors from the weight, and the weight without their product. */
function weightStart(
  model: LanguageModel,
  lowRank: LowRank,
  adapted: ReadonlyMap<string, string>,
  { needs, workBytes, factors }: NonNullable<LowRankStart['fromWeight']>,
): AdapterStart {
  const linearOf = (name: string) => adapted.get(name) as string
  return {
    needs,
    workBytes,
    begin(name, given) {
      const linear = linearOf(name)
      const [outputs, inputs] = sizesOf(model, linear)
      const isTransposed = model.transposed.has(linear)
      const { a, b } = factors({ ...given, ...lowRank, outputs, inputs, isTransposed })
      const own = factorNames(linear)
      return new Map([
        [own.a, a],
        [own.b, b],
      ])
    },
    async beside(name, read) {
      const linear = linearOf(name)
      const { a, b } = factorNames(linear)
      const off = { ...lowRank, alpha: -lowRank.alpha }
      const [weight, left, right] = [await read(name), await read(a), await read(b)]
      return mergeFactors(weight, left, right, off, model.transposed.has(linear))
    },
  }
}

function sizesOf(model: LanguageModel, linear: string): readonly number[] {
  const stored = model.parameters.get(`${linear}.weight`) as readonly number[]
  return model.transposed.has(linear) ? stored.toReversed() : stored
}

/** @throws UserError for every target that no layer has */
function targetLayers(model: LanguageModel, targets: readonly string[] | null): readonly string[] {
  if (targets === null) return model.linears
  const isOf = (target: string) => (linear: string) => linear.endsWith(`.${target}`)
  const unknown = targets.filter((target) => !model.linears.some(isOf(target)))
  const known = [...new Set(model.linears.map((name) => String(name.split('.').at(-1))))]
  if (unknown.length > 0)
    throw new UserError(
      unknown.map((target) => {
        const near = nearest(target, known)
        return {
          code: 'unknown-target',
          path: 'train.parameters.lora.targets',
          expected: `linear layers of the model: ${known.join(', ')}`,
          got: target,
          ...(near ? { hint: `Did you mean "${near}"?` } : {}),
        }
      }),
    )
  return model.linears.filter((linear) => targets.some((target) => isOf(target)(linear)))
}
