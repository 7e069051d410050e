import type { Batch } from '../data/batch.ts'
import type { HostTensor, Tensor } from '../engine/engine.ts'
import { maskName, tableValues } from '../model/attention-inputs.ts'
import type { LanguageModel } from '../model/model.ts'
import { depthOf, treeMask, treeTokens } from '../model/tree-batch.ts'
import type { TextTree } from './token-trees.ts'

/** Masks are kept up to this many numbers in all (64 MiB): long texts come in a thousand lengths, of 4 MB each. */
const keptMaskNumbers = 2 ** 24

/** Makes what a program is given of a batch, except weights; what depends on the length only is made once per length. */
export class BatchInputs {
  readonly #model: LanguageModel
  readonly #masks = new Map<string, HostTensor>()
  #maskNumbers = 0
  #tables: { values: Record<string, HostTensor>; positions: number } | null = null

  constructor(model: LanguageModel) {
    this.#model = model
  }

  /** Additive causal mask `[seq, seq]` of one of the model's windows. */
  mask(seq: number, window = 0): HostTensor {
    const key = `${seq} ${window}`
    const known = this.#masks.get(key)
    if (known) return known
    const made = { data: this.#model.mask(seq, window), shape: [seq, seq] }
    if (this.#maskNumbers + seq * seq > keptMaskNumbers) {
      this.#masks.clear()
      this.#maskNumbers = 0
    }
    this.#masks.set(key, made)
    this.#maskNumbers += seq * seq
    return made
  }

  /** Rotary tables for at least this many positions. */
  rotary(positions: number): Record<string, HostTensor> {
    if (!this.#tables || this.#tables.positions < positions)
      this.#tables = { positions, values: tableValues(this.#model, positions) }
    return this.#tables.values
  }

  /** A mask by name for each of the model's windows. */
  #byWindow(make: (window: number) => HostTensor): Record<string, HostTensor> {
    return Object.fromEntries(
      this.#model.windows.map((_, window) => [maskName(window), make(window)]),
    )
  }

  /** Everything about a batch of trees but its weights. */
  trees(trees: readonly TextTree[], padToken: number): Record<string, Tensor> {
    const { tokens, positions } = treeTokens(trees, padToken)
    const seq = tokens.shape[1]
    const depth = depthOf(trees)
    const asked = trees.flatMap(({ asked }, b) =>
      asked.map(({ node, label }) => [b * seq + node, label]),
    )
    return {
      ...this.#byWindow((window) => treeMask(trees, this.mask(depth, window))),
      // The runtime wants a row of the tables for each token, however deep it is.
      ...this.rotary(seq),
      tokens,
      positions,
      rows: { data: Int32Array.from(asked, ([row]) => row), shape: [asked.length] },
      labels: { data: Int32Array.from(asked, ([, label]) => label), shape: [asked.length] },
    }
  }

  /** Everything about a batch but its weights. */
  batch(batch: Batch): Record<string, Tensor> {
    return {
      ...this.#byWindow((window) => this.mask(batch.seq, window)),
      ...this.rotary(batch.seq),
      tokens: { data: batch.tokens, shape: [batch.batch, batch.seq] },
      positions: {
        data: Int32Array.from(batch.tokens, (_, i) => i % batch.seq),
        shape: [batch.batch, batch.seq],
      },
      rows: { data: batch.rows, shape: [batch.rows.length] },
      labels: { data: batch.labels, shape: [batch.labels.length] },
    }
  }
}

/** `[batch, batch]`, 1 where the column's sequence holds the preferred answer to the prompt of the row's. */
export function partners(groups: readonly string[]): Tensor {
  const places = (group: string) => groups.flatMap((own, b) => (own === group ? [b] : []))
  const preferred = places('preferred')
  const size = groups.length
  const data = new Float32Array(size * size)
  // Both stand in the order of the forget items of the micro-batch.
  if (preferred.length > 0)
    places('forget').forEach((b, i) => {
      data[b * size + preferred[i]] = 1
    })
  return { data, shape: [size, size] }
}

/**
 * `[batch, answers]`, 1 where the answer token belongs to the sequence.
 *
 * @param tokenWeights `[answers]` in place of the 1, where only some tokens take part
 */
export function membership(batch: Batch, tokenWeights?: Float32Array): HostTensor {
  const answers = batch.rows.length
  const data = new Float32Array(batch.batch * answers)
  for (let i = 0; i < answers; i++) data[batch.sequenceOf[i] * answers + i] = tokenWeights?.[i] ?? 1
  return { data, shape: [batch.batch, answers] }
}
