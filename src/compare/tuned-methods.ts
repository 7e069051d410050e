import type { PathLook } from './equal-forgetting.ts'

/** A run that shows a method at the settings that were found for it. */
export interface ShownRun {
  readonly seed: number
  /** of its training, on wordings and rows that it was not trained on */
  readonly path: readonly PathLook[]
  /** of the exported model, on wordings and rows that took no part; null where the run did not get there */
  readonly end: {
    readonly reached: boolean
    readonly left: number
    readonly retain: number | null
    readonly general: number | null
  } | null
  readonly seconds: number | null
  readonly peakBytes: number | null
}

/** A method with the learning rate that its search found. */
export interface TunedMethod {
  /** as it was asked for: an id, or a mapping of id and knobs */
  readonly method: string
  /** null where the search found none: it broke, or nothing was known */
  readonly learningRate: number | null
  readonly shown: readonly ShownRun[]
}

/** Methods under an equal search, as `tune.json` holds them. */
export interface TunedMethods {
  readonly recipe: string
  /** what each run had, those of the search and those that are shown */
  readonly budget: { readonly secondsPerRun: number } | { readonly stepsPerRun: number }
  readonly searchSeed: number
  readonly methods: readonly TunedMethod[]
}

/** Shares of what is to go at which methods are compared. */
export const forgettingLevels = [0.5, 0.25, 0.1, 0.05] as const
