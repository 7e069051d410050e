/** What stretching does to the frequencies of each pair. */
export interface Stretch {
  frequency(plain: number, pair: number): number
  /** As in Rotary, 1 and null unless given. */
  readonly scale?: number
  readonly limit?: number
}

/** The section of config.json that describes a stretching, and what it is about. */
export interface ScalingOptions {
  /** Components that turn. */
  readonly dim: number
  readonly theta: number
  readonly maxPositions: number
  /** The positions that the model knew before it was stretched. */
  readonly originalPositions: number
  /** Rejected where it is no number; where it is not there too, unless there is a fallback. */
  number(name: string, fallback?: number): number
  flag(name: string, fallback: boolean): boolean
  /** One number a pair. */
  numbers(name: string): readonly number[]
}

/** A way of stretching rotary positions beyond those that a model knew at first. */
export interface RotaryScaling {
  /** Its `rope_type`s. */
  readonly types: readonly string[]
  read(options: ScalingOptions): Stretch
}
