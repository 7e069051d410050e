import { rankedRows, rowTroubles, seedSpread } from '../src/compare/leaderboard.ts'
import { markdownTable } from '../src/report/markdown-table.ts'
import {
  boardFacts,
  decimals,
  type NamedBoard,
  placeOf,
  rowNames,
  scoreKey,
} from './board-facts.ts'

/** The content of `docs/results/README.md`: what all boards say together, and every method on every board. */
export function resultsMarkdown(boards: readonly NamedBoard[]): string {
  const rows = boards.reduce((sum, { board }) => sum + board.rows.length, 0)
  const benchmarks = new Set(boards.map(({ board }) => board.benchmark.id))
  return `# Results

Made by \`npm run generate\` from the boards' JSON files; every sentence follows from the numbers by a rule
([generate/board-facts.ts](../../generate/board-facts.ts)).

${boards.length} boards of ${benchmarks.size} benchmarks, ${rows} rows of ${rowNames(boards).length} methods, on small models that were made for them. Boards of one benchmark share
data and most settings: they are no independent votes.

${boardFacts(boards)
  .map((fact) => `- ${fact}\n`)
  .join('')}
Read a board's notes before you rely on a row: rates were searched for some methods, on the seed that is shown or on another.

## Every method on every board

Place and score; *broken* where a seed left no working model. Methods stand by the mean of their places, each as a share of the
board's rows.

${matrix(boards)}
## The boards

${boardList(boards)}
[TOFU, 5 %, measured by each run itself](tofu-forget05.md) came before the boards and has other metrics.
`
}

function matrix(boards: readonly NamedBoard[]): string {
  const shares = (name: string) =>
    boards.flatMap((each) => {
      const place = placeOf(each, name)
      return place === null ? [] : [(place - 1) / Math.max(1, each.board.rows.length - 1)]
    })
  const order = new Map(
    rowNames(boards).map((name) => {
      const all = shares(name)
      return [name, all.reduce((sum, share) => sum + share, 0) / all.length]
    }),
  )
  const names = [...order.keys()].toSorted((a, b) => order.get(a)! - order.get(b)!)
  return markdownTable(
    {
      header: ['method', ...boards.map(({ name }) => `[${label(name)}](${name}.md)`)],
      lines: names.map((name) => [name, ...boards.map((each) => cell(each, name))]),
    },
    'right',
  )
}

function cell(each: NamedBoard, name: string): string {
  const place = placeOf(each, name)
  const row = each.board.rows.find((one) => one.name === name)
  if (place === null || !row) return ''
  if (rowTroubles(row).length > 0) return `${place} · *broken*`
  const score = seedSpread(row, scoreKey(each))
  return `${place} · ${score ? decimals(score.mean) : '–'}`
}

function boardList(boards: readonly NamedBoard[]): string {
  return markdownTable(
    {
      header: ['board', 'benchmark', 'rows', 'seeds', 'first', 'its score', 'never trained'],
      lines: boards.map((each) => {
        const { benchmark, rows, references } = each.board
        const first = rankedRows(benchmark, each.board)[0]
        const score = seedSpread(first, scoreKey(each))
        const aim = references['never-trained']?.[scoreKey(each)] ?? null
        return [
          `[${label(each.name)}](${each.name}.md)`,
          benchmark.title,
          String(rows.length),
          String(Math.max(...rows.map(({ seeds }) => seeds.length))),
          first.name,
          score ? decimals(score.mean) : '–',
          aim === null ? '–' : decimals(aim),
        ]
      }),
    },
    'left',
  )
}

/** `tofu-forget05-three-seeds` as a person says it. */
function label(name: string): string {
  return name.replaceAll('-', ' ')
}
