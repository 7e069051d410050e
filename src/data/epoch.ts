import { integer, permutation, type Stream } from '../math/random.ts'

/** What one optimiser step is made of: places in the forget and the retain set. */
export interface EpochStep {
  forget: Int32Array
  /** As many as forget items, with repeats; empty without a retain set. */
  retain: Int32Array
}

/**
 * The steps of one epoch of unlearning: every forget item once, and for each one retain item drawn uniformly with
 * replacement.
 *
 * Forget order and draws are a function of (seed, epoch), the draw also of the forget item's place: to resume, epoch
 * and step are enough. Steps are bucketed by length (see `trainSteps`); the draws of a mega-batch are dealt to its
 * steps by length too, so a draw may land in another step than its forget item, never in another mega-batch.
 *
 * @param options.forgetLengths `[forget]` tokens of each forget item
 * @param options.retainLengths `[retain]` tokens of each retain item, or null without a retain set
 * @param options.batchSize forget items a step; the last step formed may have fewer
 * @param options.epoch 0-based
 * Differs from open-unlearning: there batches are not bucketed.
 * Source: locuslab/open-unlearning src/data/unlearn.py (ForgetRetainDataset, anchor: forget).
 */
export function epochSteps(options: {
  forgetLengths: ArrayLike<number>
  retainLengths: ArrayLike<number> | null
  batchSize: number
  seed: number
  epoch: number
}): EpochStep[] {
  const { forgetLengths, retainLengths, batchSize, seed, epoch } = options
  if (retainLengths?.length === 0) throw new RangeError('epochSteps: the retain set is empty')
  const steps: EpochStep[] = []
  for (const forget of megaBatches(forgetLengths.length, batchSize, seed, ['forget', epoch])) {
    const retain = retainLengths
      ? forget.map((item) => integer(seed, ['retain', epoch], item, retainLengths.length))
      : new Int32Array(0)
    const forgetBatches = cut(sortByLength(forget, forgetLengths), batchSize)
    const retainBatches = retainLengths ? cut(sortByLength(retain, retainLengths), batchSize) : []
    forgetBatches.forEach((batch, i) => {
      steps.push({ forget: batch, retain: retainBatches[i] ?? new Int32Array(0) })
    })
  }
  return reorder(steps, seed, ['steps', epoch])
}

/**
 * The steps of one epoch over a single data set: every item once, bucketed by length.
 *
 * The items are shuffled, cut into mega-batches of up to 50 batches (at least two mega-batches an epoch, so that items
 * of one length do not always meet), sorted by length inside each, cut into batches, and the batches shuffled.
 *
 * @param options.lengths `[items]` tokens of each item
 * @param options.batchSize items a step; the last batch formed may have fewer
 * @param options.epoch 0-based
 * Source: the mega-batches of transformers' LengthGroupedSampler, with the batches shuffled afterwards.
 */
export function trainSteps(options: {
  lengths: ArrayLike<number>
  batchSize: number
  seed: number
  epoch: number
}): Int32Array[] {
  const { lengths, batchSize, seed, epoch } = options
  const steps = megaBatches(lengths.length, batchSize, seed, ['train', epoch]).flatMap((items) =>
    cut(sortByLength(items, lengths), batchSize),
  )
  return reorder(steps, seed, ['train-steps', epoch])
}

/**
 * Splits the items of a step into micro-batches of near equal count for gradient accumulation, by length, so that
 * little is padding.
 *
 * @param lengths tokens of each item of the data set, read at the places in `items`
 * @returns `min(parts, items)` micro-batches, longest first, so that a step that does not fit fails at once
 */
export function microBatches(
  items: Int32Array,
  lengths: ArrayLike<number>,
  parts: number,
): Int32Array[] {
  const sorted = sortByLength(items, lengths).reverse()
  const count = Math.min(parts, sorted.length)
  return Array.from({ length: count }, (_, i) =>
    sorted.slice(
      Math.floor((i * sorted.length) / count),
      Math.floor(((i + 1) * sorted.length) / count),
    ),
  )
}

/** Share of positions that hold padding: `1 − Σ length / Σ batch·seq`, in [0, 1). */
export function paddingShare(batches: readonly Int32Array[], lengths: ArrayLike<number>): number {
  let real = 0
  let padded = 0
  for (const batch of batches) {
    let seq = 0
    for (const item of batch) {
      real += lengths[item]
      seq = Math.max(seq, lengths[item])
    }
    padded += batch.length * seq
  }
  return padded === 0 ? 0 : 1 - real / padded
}

function megaBatches(size: number, batchSize: number, seed: number, stream: Stream): Int32Array[] {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new RangeError(`batchSize: expected an integer of at least 1, got ${batchSize}`)
  const batches = Math.min(50, Math.max(1, Math.floor(size / (2 * batchSize))))
  return cut(permutation(seed, stream, size), batches * batchSize)
}

/** Stable: items of one length stay in shuffled order. */
function sortByLength(items: Int32Array, lengths: ArrayLike<number>): Int32Array {
  return items.slice().sort((a, b) => lengths[a] - lengths[b])
}

function cut(items: Int32Array, size: number): Int32Array[] {
  const pieces: Int32Array[] = []
  for (let i = 0; i < items.length; i += size) pieces.push(items.slice(i, i + size))
  return pieces
}

function reorder<T>(steps: readonly T[], seed: number, stream: Stream): T[] {
  return Array.from(permutation(seed, stream, steps.length), (i) => steps[i])
}
