/** How far measuring has come. */
export interface MeasuringProgress {
  /** Rows whose records are complete, of all. */
  readonly done: number
  readonly of: number
  /** Of the work that was left at the beginning, 0 … 1. */
  readonly share: number
  /** Null until enough is done to tell. */
  readonly etaSeconds: number | null
}

/** How often it is told. */
const toldMilliseconds = 1000

/** Follows the chunks that are measured, and tells now and then how far they are. */
export function followMeasuring(
  { done: doneBefore, of }: Pick<MeasuringProgress, 'done' | 'of'>,
  clock: () => number,
  tell: (progress: MeasuringProgress) => void,
) {
  const began = clock()
  let told = began
  let rows = doneBefore
  let done = doneBefore
  return {
    record() {
      done++
    },
    /** Of a chunk of so many rows so much is done. */
    share(share: number, chunk: number) {
      const now = clock()
      if (now - told < toldMilliseconds) return
      told = now
      const whole = (rows - doneBefore + share * chunk) / (of - doneBefore)
      const etaSeconds = whole > 0 ? ((now - began) * (1 / whole - 1)) / 1000 : null
      tell({ done, of, share: whole, etaSeconds })
    },
    chunk(length: number) {
      rows += length
    },
  }
}
