import type { Batch } from '../data/batch.ts'
import type { HostTensor, Tensor } from '../engine/engine.ts'
import { masked } from '../model/decoder.ts'
import type { LanguageModel } from '../model/model.ts'
import type { TokenTree } from './token-trees.ts'

/** Masks are kept up to this many numbers in all (64 MiB): long texts come in a thousand lengths, of 4 MB each. */
const keptMaskNumbers = 2 ** 24

/** Makes what a program is given of a batch, except weights; what depends on the length only is made once per length. */
export class BatchInputs {
  readonly #model: LanguageModel
  readonly #masks = new Map<number, HostTensor>()
  #maskNumbers = 0
  #tables: { cos: Tensor; sin: Tensor; positions: number } | null = null

  constructor(model: LanguageModel) {
    this.#model = model
  }

  /** Additive causal mask `[seq, seq]`. */
  mask(seq: number): HostTensor {
    const known = this.#masks.get(seq)
    if (known) return known
    const made = { data: this.#model.mask(seq), shape: [seq, seq] }
    if (this.#maskNumbers + seq * seq > keptMaskNumbers) {
      this.#masks.clear()
      this.#maskNumbers = 0
    }
    this.#masks.set(seq, made)
    this.#maskNumbers += seq * seq
    return made
  }

  /** Rotary tables for at least this many positions. */
  rotary(positions: number): { cos: Tensor; sin: Tensor } {
    if (!this.#tables || this.#tables.positions < positions) {
      const { cos, sin, width } = this.#model.rotaryTables(positions)
      const shape = [positions, width]
      this.#tables = { positions, cos: { data: cos, shape }, sin: { data: sin, shape } }
    }
    return this.#tables
  }

  /** Everything about a batch of trees but its weights. */
  trees(trees: readonly TokenTree[], padToken: number): Record<string, Tensor> {
    const count = trees.length
    const seq = Math.max(...trees.map(({ tokens }) => tokens.length))
    const deepest = Math.max(...trees.flatMap(({ depths }) => depths)) + 1
    const tokens = new Int32Array(count * seq).fill(padToken)
    const positions = new Int32Array(count * seq)
    const mask = new Float32Array(count * seq * seq).fill(masked)
    // What an earlier token may be seen from, by the distance in the text.
    const chain = this.mask(deepest).data as Float32Array
    for (const [b, tree] of trees.entries()) {
      tokens.set(tree.tokens, b * seq)
      positions.set(tree.depths, b * seq)
      for (const [i, depth] of tree.depths.entries())
        for (let j = i; j >= 0; j = tree.parents[j])
          mask[(b * seq + i) * seq + j] = chain[depth * deepest + tree.depths[j]]
    }
    const asked = trees.flatMap(({ asked }, b) =>
      asked.map(({ node, label }) => [b * seq + node, label]),
    )
    const shape = [count, seq]
    // The runtime wants a row of the tables for each token, however deep it is.
    const tables = this.rotary(seq)
    return {
      tokens: { data: tokens, shape },
      positions: { data: positions, shape },
      mask: { data: mask, shape: [count, 1, 1, seq, seq] },
      cos: tables.cos,
      sin: tables.sin,
      rows: { data: Int32Array.from(asked, ([row]) => row), shape: [asked.length] },
      labels: { data: Int32Array.from(asked, ([, label]) => label), shape: [asked.length] },
    }
  }

  /** Everything about a batch but its weights. */
  batch(batch: Batch): Record<string, Tensor> {
    const { cos, sin } = this.rotary(batch.seq)
    return {
      tokens: { data: batch.tokens, shape: [batch.batch, batch.seq] },
      positions: {
        data: Int32Array.from(batch.tokens, (_, i) => i % batch.seq),
        shape: [batch.batch, batch.seq],
      },
      rows: { data: batch.rows, shape: [batch.rows.length] },
      labels: { data: batch.labels, shape: [batch.labels.length] },
      mask: this.mask(batch.seq),
      cos,
      sin,
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
