/** How positions turn the queries and keys of a layer. */
export interface Rotary {
  /** Radians a position for each pair of components, headDim / 2 of them; a pair of 0 stays as it is. */
  readonly frequencies: readonly number[]
  /** Turned pairs become so much longer, so that scores grow by its square. */
  readonly scale: number
  /** Texts may have no more positions than these; null: as many as they like. */
  readonly limit: number | null
}

/** Heads that no position turns. */
export function unturned(headDim: number): Rotary {
  return { frequencies: new Array<number>(headDim / 2).fill(0), scale: 1, limit: null }
}

/** θ^(−2i/dim) for each pair, rounded to float32 at each step as the models were trained with. */
export function plainFrequencies(dim: number, theta: number): number[] {
  return Array.from({ length: dim / 2 }, (_, i) =>
    Math.fround(1 / Math.fround(theta ** Math.fround((2 * i) / dim))),
  )
}
