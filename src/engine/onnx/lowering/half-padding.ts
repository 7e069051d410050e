import type { OnnxWriter } from './lowering.ts'

/** Adds zeros to both halves of each head and takes them away again; nothing where none are needed. */
export interface HalfPadding {
  /** A tensor of the given rank whose last axis is made of halves of heads. */
  widen(name: string, rank: number): string
  /** A table of one half per row. */
  widenTable(name: string): string
  /** The opposite of `widen`. */
  narrow(name: string, rank: number): string
}

/**
 * ONNX Runtime's GroupQueryAttention takes heads of a multiple of 16 only. Zeros behind each half of a head keep
 * the rotary pairs together and change no score and no value.
 */
export function halfPadding(to: OnnxWriter, half: number): HalfPadding {
  const wide = Math.ceil(half / 8) * 8
  const same = (name: string) => name
  if (wide === half) return { widen: same, widenTable: same, narrow: same }
  const reshape = (name: string, rank: number, last: readonly number[]) =>
    to.emit('Reshape', [name, to.ints([...new Array(rank - 1).fill(0), ...last])])
  const widenTable = (name: string) =>
    to.emit('Pad', [name, to.ints([0, wide - half]), to.float(0), to.ints([-1])])
  return {
    widenTable,
    widen: (name, rank) => reshape(widenTable(reshape(name, rank, [-1, half])), rank, [-1]),
    narrow(name, rank) {
      const halves = reshape(name, rank, [-1, wide])
      const kept = to.emit('Slice', [halves, to.ints([0]), to.ints([half]), to.ints([-1])])
      return reshape(kept, rank, [-1])
    },
  }
}
