import { permutation } from '../math/random.ts'
import type { AskedItem } from './asked.ts'

/** How much of the facts drawn answers say, and how much they say about invented subjects, by chance and manner of speaking. */
export interface Drawn {
  readonly said: number
  readonly chance: number
}

/** What drawn answers say of the facts, as means of the rows. */
export interface SampledRecall {
  readonly before: Drawn
  readonly after: Drawn
  /** standard error of `after.said − after.chance`, over rows */
  readonly error: number
}

/** Compares what drawn answers say of the facts, from the means of each row. */
export function sampledRecall(
  rows: readonly { readonly before: Drawn; readonly after: Drawn }[],
): SampledRecall {
  const mean = (of: (row: (typeof rows)[number]) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length
  const drawn = (when: 'before' | 'after') => ({
    said: mean((row) => row[when].said),
    chance: mean((row) => row[when].chance),
  })
  const after = drawn('after')
  const centre = after.said - after.chance
  const variance = mean((row) => (row.after.said - row.after.chance - centre) ** 2)
  const error = rows.length > 1 ? Math.sqrt(variance / (rows.length - 1)) : 0
  return { before: drawn('before'), after, error }
}

/** One-sided 95 % of a normal distribution. */
const oneSided = 1.645

/**
 * Tells whether drawn answers say no more of the facts than about invented subjects: of what they said more before, at most `1 − share`
 * is left, as far as so many draws can tell.
 */
export function isUnsaid({ before, after, error }: SampledRecall, share: number): boolean {
  const may = (1 - share) * Math.max(0, before.said - before.chance)
  return after.said - after.chance <= may + oneSided * error
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
