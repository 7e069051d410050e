import {
  type Leaderboard,
  type LeaderboardRow,
  rankedRows,
  rowTroubles,
  seedSpread,
} from '../src/compare/leaderboard.ts'
import { isPastAim } from '../src/measure/trust.ts'

/** A published board, by the name of its files. */
export interface NamedBoard {
  readonly name: string
  readonly board: Leaderboard
}

/** Scores of BLUR and NPO that differ by no more are called level. */
const level = 0.02
/** A privacy leakage within so much of 0 is called near it. */
const nearLeak = 20

/** What all boards say together: one sentence each, every word of it by a rule from the numbers. */
export function boardFacts(boards: readonly NamedBoard[]): string[] {
  return [
    leader(boards),
    followers(boards),
    ...difference(boards, 'blur', 'npo'),
    pastAim(boards),
    privacy(boards),
    broken(boards),
    ...spreads(boards),
    ...otherModels(boards),
  ].filter((fact) => fact !== '')
}

/** TOFU of `TOFU, 5 % of 200 fictitious authors`. */
export function familyOf({ board }: NamedBoard): string {
  return board.benchmark.title.split(',')[0]
}

export function scoreKey({ board }: NamedBoard): string {
  return board.benchmark.ranking.score ?? board.benchmark.ranking.utility
}

/** From 1; null where the board has no such row. */
export function placeOf({ board }: NamedBoard, name: string): number | null {
  const place = rankedRows(board.benchmark, board).findIndex((row) => row.name === name) + 1
  return place > 0 ? place : null
}

export function rowNames(boards: readonly NamedBoard[]): string[] {
  return [...new Set(boards.flatMap(({ board }) => board.rows.map(({ name }) => name)))]
}

function placesOf(boards: readonly NamedBoard[], name: string): number[] {
  return boards.flatMap((each) => placeOf(each, name) ?? [])
}

/** The row that is first on most boards. */
function leaderOf(boards: readonly NamedBoard[]): string {
  return rowNames(boards).toSorted((a, b) => firsts(boards, b) - firsts(boards, a))[0]
}

function firsts(boards: readonly NamedBoard[], name: string): number {
  return placesOf(boards, name).filter((place) => place === 1).length
}

function leader(boards: readonly NamedBoard[]): string {
  const name = leaderOf(boards)
  const places = placesOf(boards, name)
  return `\`${name}\` leads most often: first on ${firsts(boards, name)} of the ${places.length} boards that have it, and never below place ${Math.max(...places)}.`
}

function followers(boards: readonly NamedBoard[]): string {
  const found = rowNames(boards)
    .filter((name) => name !== leaderOf(boards))
    .map((name) => {
      const places = placesOf(boards, name)
      return { name, boards: places.length, high: places.filter((place) => place <= 5).length }
    })
    .filter((each) => each.boards > boards.length / 2 && each.high > each.boards / 2)
    .toSorted((a, b) => b.high / b.boards - a.high / a.boards)
  const names = found.map(({ name, high, boards: all }) => `\`${name}\` (${high} of ${all})`)
  return `After it, among the first five on most of their boards: ${names.join(', ')}.`
}

/** How two methods stand to each other, benchmark family by family. */
function difference(boards: readonly NamedBoard[], one: string, other: string): string[] {
  const families = groupBy(boards, familyOf)
  const parts = [...families].flatMap(([family, own]) => {
    const gaps = own.flatMap((each) => {
      const [a, b] = [one, other].map((name) => scoreOf(each, name))
      return a === null || b === null ? [] : [a - b]
    })
    if (gaps.length === 0) return []
    const [low, high] = [Math.min(...gaps), Math.max(...gaps)]
    const word =
      Math.max(-low, high) <= level
        ? 'level'
        : high < -level
          ? 'behind'
          : low > level
            ? 'ahead'
            : 'now ahead, now behind'
    return `${word} on ${family}’s boards (${signed(low)} to ${signed(high)})`
  })
  if (parts.length === 0) return []
  return [
    `\`${one}\` and \`${other}\`, by the difference of their scores: \`${one}\` is ${parts.join(', ')}. Level: within ${decimals(level)}.`,
  ]
}

function pastAim(boards: readonly NamedBoard[]): string {
  const counts = boards.flatMap((each) => {
    const aim = each.board.references['never-trained']?.[scoreKey(each)] ?? null
    const names = working(each)
      .filter((row) => isPastAim(seedSpread(row, scoreKey(each))?.mean ?? null, aim))
      .map(({ name }) => `\`${name}\``)
    return names.length > 0 ? [`${names.join(', ')} on [${each.name}](${each.name}.md)`] : []
  })
  if (counts.length === 0)
    return 'No row reaches the score of the model that was never trained on the set.'
  return `A score above that of the model never trained on the set is past the aim, not better: ${counts.join('; ')}. All other rows stay below it.`
}

function privacy(boards: readonly NamedBoard[]): string {
  const leaks = boards.flatMap((each) =>
    working(each).flatMap((row) => seedSpread(row, 'privLeak')?.mean ?? []),
  )
  const near = leaks.filter((leak) => Math.abs(leak) <= nearLeak).length
  return `Membership attacks still tell ${leaks.length - near} of ${leaks.length} working rows from a model never trained on the set (a privacy leakage farther than ${nearLeak} from 0, where it is measured).`
}

function broken(boards: readonly NamedBoard[]): string {
  const names = boards.flatMap((each) =>
    each.board.rows.filter((row) => rowTroubles(row).length > 0).map(({ name }) => name),
  )
  const counts = [...groupBy(names, (name) => name)].map(
    ([name, all]) => `\`${name}\`${all.length > 1 ? ` (${all.length})` : ''}`,
  )
  const rows = boards.reduce((sum, { board }) => sum + board.rows.length, 0)
  return `Broken, or stopped by a guard, with the settings shown: ${names.length} of ${rows} rows: ${counts.join(', ')}.`
}

function spreads(boards: readonly NamedBoard[]): string[] {
  const parts = [...groupBy(boards, familyOf)].flatMap(([family, own]) => {
    const deviations = own
      .flatMap((each) =>
        working(each).flatMap((row) => seedSpread(row, scoreKey(each))?.deviation ?? []),
      )
      .toSorted((a, b) => a - b)
    if (deviations.length === 0) return []
    const median = deviations[Math.floor(deviations.length / 2)]
    return `${decimals(median)} on ${family} (at most ${decimals(deviations[deviations.length - 1])})`
  })
  if (parts.length === 0) return []
  return [
    `From seed to seed a score moves by this standard deviation, in the median of the rows with several seeds: ${parts.join(', ')}. A difference of that size between two rows says nothing.`,
  ]
}

/** Rows of the same settings on reference models that differ: how far one of them can be believed. */
function otherModels(boards: readonly NamedBoard[]): string[] {
  return boards.flatMap((a, i) =>
    boards.slice(i + 1).flatMap((b) => {
      const isPair =
        a.board.benchmark.id === b.board.benchmark.id &&
        a.board.identity.model !== b.board.identity.model
      if (!isPair) return []
      const gaps = a.board.rows.flatMap((row) => {
        const twin = b.board.rows.find((other) => settingsOf(b, other) === settingsOf(a, row))
        const [x, y] = [scoreOf(a, row.name), twin ? scoreOf(b, twin.name) : null]
        return x === null || y === null ? [] : [Math.abs(x - y)]
      })
      if (gaps.length === 0) return []
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
      return [
        `The same settings on other models of the same recipe move a score by ${decimals(mean)} on average, ${decimals(Math.max(...gaps))} at most ([${a.name}](${a.name}.md) and [${b.name}](${b.name}.md), ${gaps.length} working rows).`,
      ]
    }),
  )
}

function settingsOf({ board }: NamedBoard, { method, settings }: LeaderboardRow): string {
  return JSON.stringify([method, settings.toSorted(), board.sets.toSorted()])
}

function working({ board }: NamedBoard): LeaderboardRow[] {
  return board.rows.filter((row) => rowTroubles(row).length === 0)
}

/** The mean score of a working row; null for none. */
function scoreOf(each: NamedBoard, name: string): number | null {
  const row = working(each).find((one) => one.name === name)
  return (row && seedSpread(row, scoreKey(each))?.mean) ?? null
}

/** `.107`: three decimals without the zero before the point, as the notes of boards write them. */
export function decimals(value: number): string {
  return value.toFixed(3).replace(/^0\./, '.')
}

function signed(value: number): string {
  const text = decimals(Math.abs(value))
  if (text === '.000') return text
  return `${value < 0 ? '−' : '+'}${text}`
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
