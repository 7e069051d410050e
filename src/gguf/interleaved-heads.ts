import type { Conversion, Heads } from './architecture/gguf-architecture.ts'

/**
 * Rows of query and key matrices as llama.cpp has them for some families: pairs of a rotation side by side, where Hugging
 * Face has them half a head apart. `gguf[h, i, s] = model[h, s, i]`, s ∈ {0, 1} the half of the head, i the frequency.
 *
 * @param name GGUF's name of a tensor `[heads · headDim, …]`
 * @returns null for other tensors
 */
export function interleavedHeads(name: string, { queries, keys, dim }: Heads): Conversion | null {
  const part = /\.attn_([qk])\./.exec(name)?.[1]
  if (part === undefined) return null
  const heads = part === 'q' ? queries : keys
  return {
    write: (values) => swapRows(values, heads, 2, dim / 2),
    read: (values) => swapRows(values, heads, dim / 2, 2),
  }
}

/** `out[h, b, a] = in[h, a, b]` for the rows `[heads, first, second]` of a matrix. */
function swapRows(
  values: Float32Array,
  heads: number,
  first: number,
  second: number,
): Float32Array {
  const width = values.length / (heads * first * second)
  const out = new Float32Array(values.length)
  for (let h = 0; h < heads; h++)
    for (let a = 0; a < first; a++)
      for (let b = 0; b < second; b++) {
        const from = ((h * first + a) * second + b) * width
        out.set(values.subarray(from, from + width), ((h * second + b) * first + a) * width)
      }
  return out
}
