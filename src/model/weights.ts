import { add, matmul, type Node, parameter } from '../graph/index.ts'
import type { LanguageModel, Weights } from './model.ts'

/** A low-rank adapter's settings: `W' = W + alpha / rank · B · A`. */
export interface LoraOptions {
  rank: number
  alpha: number
  /** Linear layers that get one, without `.weight`. */
  targets: readonly string[]
}

/** Names of the two matrices of a layer's adapter, as PEFT writes them. */
export function adapterNames(linear: string): { a: string; b: string } {
  return { a: `${linear}.lora_A.weight`, b: `${linear}.lora_B.weight` }
}

/** Shapes of all adapter matrices: A `[rank, in]`, B `[out, rank]`. */
export function adapterShapes(
  model: LanguageModel,
  lora: LoraOptions,
): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>()
  for (const target of lora.targets) {
    const stored = model.parameters.get(`${target}.weight`) as readonly number[]
    const [outputs, inputs] = model.transposed.has(target) ? stored.toReversed() : stored
    const { a, b } = adapterNames(target)
    shapes.set(a, [lora.rank, inputs])
    shapes.set(b, [outputs, lora.rank])
  }
  return shapes
}

/**
 * The model's weights as graph inputs by their names, with adapters where asked for.
 *
 * @returns the access the model uses, and `node(name)` for differentiating
 */
export function graphWeights(
  model: LanguageModel,
  lora: LoraOptions | null = null,
): Weights & { node(name: string): Node } {
  const shapes = new Map([...model.parameters, ...(lora ? adapterShapes(model, lora) : [])])
  const nodes = new Map<string, Node>()
  const node = (name: string): Node => {
    const known = nodes.get(name)
    if (known) return known
    const shape = shapes.get(name)
    if (!shape) throw new Error(`internal: no weight ${name}`)
    const made = parameter(name, shape)
    nodes.set(name, made)
    return made
  }
  const adapted = new Set(lora?.targets)
  return {
    node,
    tensor: node,
    linear(x, name) {
      const transposeB = !model.transposed.has(name)
      let y = matmul(x, node(`${name}.weight`), { transposeB })
      if (shapes.has(`${name}.bias`)) y = add(y, node(`${name}.bias`))
      if (!lora || !adapted.has(name)) return y
      const { a, b } = adapterNames(name)
      const low = matmul(x, node(a), { transposeB: true, alpha: lora.alpha / lora.rank })
      return add(y, matmul(low, node(b), { transposeB: true }))
    },
  }
}

/**
 * `W + alpha / rank · B · A`, in float64 sums rounded once.
 *
 * @param weight `[out, in]` f32, or `[in, out]` where `isTransposed`
 * @param a      `[rank, in]` f32
 * @param b      `[out, rank]` f32
 */
export function mergeAdapter(
  weight: Float32Array,
  a: Float32Array,
  b: Float32Array,
  { rank, alpha }: LoraOptions,
  isTransposed = false,
): Float32Array {
  const inputs = a.length / rank
  const outputs = b.length / rank
  const merged = new Float32Array(weight.length)
  const row = new Float64Array(inputs)
  const [outputStep, inputStep] = isTransposed ? [1, outputs] : [inputs, 1]
  for (let o = 0; o < outputs; o++) {
    row.fill(0)
    for (let r = 0; r < rank; r++) {
      const factor = (b[o * rank + r] * alpha) / rank
      for (let i = 0; i < inputs; i++) row[i] += factor * a[r * inputs + i]
    }
    for (let i = 0; i < inputs; i++) {
      const at = o * outputStep + i * inputStep
      merged[at] = weight[at] + row[i]
    }
  }
  return merged
}
