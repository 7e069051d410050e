/** The straight way of one update, along which weights are looked at or left. Two copies of the trained weights. */
export interface UpdatePath {
  /** Notes where the weights are before an update. */
  begin(): void
  /** Notes where they are after it. */
  end(): void
  /** Puts the weights of a range, or all, at a share of the way; 0 and 1 are its ends to the bit. */
  goTo(share: number, range?: { readonly start: number; readonly end: number }): void
}

export function createUpdatePath(trained: Float32Array): UpdatePath {
  const start = new Float32Array(trained.length)
  const end = new Float32Array(trained.length)
  return {
    begin: () => start.set(trained),
    end: () => end.set(trained),
    goTo(share, range = { start: 0, end: trained.length }) {
      if (share === 0 || share === 1) {
        const from = share === 0 ? start : end
        trained.set(from.subarray(range.start, range.end), range.start)
        return
      }
      for (let i = range.start; i < range.end; i++)
        trained[i] = start[i] + share * (end[i] - start[i])
    },
  }
}
