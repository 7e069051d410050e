import type { DeviceBuffer, Memory } from '../engine/memory.ts'

/** The straight way of one update, along which weights are looked at or left. Two copies of the trained weights. */
export interface UpdatePath {
  /** Notes where the weights are before an update. */
  begin(): Promise<void>
  /** Notes where they are after it. */
  end(): Promise<void>
  /** Puts the weights of a range, or all, at a share of the way; 0 and 1 are its ends to the bit. */
  goTo(share: number, range?: { readonly start: number; readonly end: number }): Promise<void>
  free(): void
}

export function createUpdatePath(memory: Memory, trained: DeviceBuffer): UpdatePath {
  const start = memory.make(trained.length)
  const end = memory.make(trained.length)
  return {
    begin: () => memory.copy(trained, start),
    end: () => memory.copy(trained, end),
    async goTo(share, range = { start: 0, end: trained.length }) {
      const of = (buffer: DeviceBuffer) => memory.part(buffer, range.start, range.end)
      if (share === 0 || share === 1) await memory.copy(of(share === 0 ? start : end), of(trained))
      else await memory.between(of(trained), of(start), of(end), share)
    },
    free() {
      memory.free(start)
      memory.free(end)
    },
  }
}
