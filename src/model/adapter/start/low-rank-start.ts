import type { StartingWeight, StartNeeds } from '../adapter.ts'

/** What is known of a weight and its two factors when they begin. */
export interface StartingFactors extends StartingWeight {
  readonly outputs: number
  readonly inputs: number
  readonly rank: number
  readonly alpha: number
  /** The weight is stored `[in, out]`, and what is known of it too. */
  readonly isTransposed: boolean
}

/** How the two factors of a low-rank adapter begin: a value of the knob `init`. */
export interface LowRankStart {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** Half a sentence, for editors of recipes. */
  readonly summary: string
  /** Factors that depend on weight or data; null: A uniform in ±1/√in (PEFT's default), B zero. */
  readonly fromWeight: {
    readonly needs: StartNeeds
    /** As `AdapterStart.workBytes`. */
    workBytes(sizes: readonly number[]): number
    /** A `[rank, in]` and B `[out, rank]`. */
    factors(given: StartingFactors): { a: Float32Array; b: Float32Array }
  } | null
}

/** Declares a beginning of low-rank adapters. */
export function defineLowRankStart(declaration: LowRankStart): LowRankStart {
  return declaration
}
