import { permutation } from '../math/random.ts'
import type { AskedItem } from './asked.ts'

/** How much of the facts drawn answers say: mean recall of the rows. */
export interface SampledRecall {
  /** of the starting model */
  readonly before: number
  /** of the starting model, asked about invented subjects: what is said by chance */
  readonly ignorant: number
  /** of the model as it is now */
  readonly after: number
  /** standard error of `after − ignorant`, over rows */
  readonly error: number
}

/**
 * Compares what drawn answers say of the facts.
 *
 * @param rows mean recall by row: `before`, `ignorant`, `after`
 */
export function sampledRecall(
  rows: readonly { readonly before: number; readonly ignorant: number; readonly after: number }[],
): SampledRecall {
  const mean = (of: (row: (typeof rows)[number]) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length
  const excess = (row: (typeof rows)[number]) => row.after - row.ignorant
  const centre = mean(excess)
  const variance = mean((row) => (excess(row) - centre) ** 2)
  return {
    before: mean(({ before }) => before),
    ignorant: mean(({ ignorant }) => ignorant),
    after: mean(({ after }) => after),
    error: rows.length > 1 ? Math.sqrt(variance / (rows.length - 1)) : 0,
  }
}

/** One-sided 95 % of a normal distribution. */
const oneSided = 1.645

/**
 * Tells whether drawn answers say no more of the facts than chance: of what they said more before, at most `1 − share` is left, as far
 * as so many draws can tell.
 */
export function isUnsaid(
  { before, ignorant, after, error }: SampledRecall,
  share: number,
): boolean {
  const may = (1 - share) * Math.max(0, before - ignorant)
  return after - ignorant <= may + oneSided * error
}

/** Draws in all, divided among the rows. */
const draws = 64
const mostRows = 64
const mostDrawsOfRow = 8

/**
 * The questions to which answers are drawn: of rows that the model knew, in wordings that did not train, in turns; a question that is
 * there twice is drawn for twice.
 *
 * A pure function of the rows and the seed.
 *
 * @param known as `knownAnswers`
 * @returns places in `asked`
 */
export function sampledPlaces(
  asked: readonly Pick<AskedItem, 'row' | 'role'>[],
  known: readonly boolean[],
  seed: number,
): number[] {
  const open = [...asked.keys()].filter((place) => known[place] && asked[place].role === 'reported')
  const rows = [...new Set(open.map((place) => asked[place].row))]
  const chosen = Array.from(permutation(seed, ['sampled-rows'], rows.length), (i) => rows[i])
    .slice(0, mostRows)
    .sort((a, b) => a - b)
  const each = Math.min(mostDrawsOfRow, Math.ceil(draws / Math.max(1, chosen.length)))
  return chosen.flatMap((row) => {
    const own = open.filter((place) => asked[place].row === row)
    return Array.from({ length: each }, (_, draw) => own[draw % own.length])
  })
}
