/** Names of the two factors beside a linear layer, as PEFT writes them. */
export function factorNames(linear: string): { a: string; b: string } {
  return { a: `${linear}.lora_A.weight`, b: `${linear}.lora_B.weight` }
}

/**
 * `W + alpha / rank · B · A`, in float64 sums rounded once.
 *
 * @param weight `[out, in]` f32, or `[in, out]` where `isTransposed`
 * @param a      `[rank, in]` f32
 * @param b      `[out, rank]` f32
 */
export function mergeFactors(
  weight: Float32Array,
  a: Float32Array,
  b: Float32Array,
  { rank, alpha }: { readonly rank: number; readonly alpha: number },
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
