import {
  type Leaderboard,
  type LeaderboardRow,
  rankedRows,
  rowTroubles,
  seedSpread,
} from '../compare/leaderboard.ts'
import { nonDominated } from '../compare/pareto.ts'
import { type Benchmark, notesOf } from '../measure/benchmark.ts'
import { directionText } from '../measure/direction.ts'
import { isPastAim } from '../measure/trust.ts'
import { bytesText } from '../units.ts'
import { numberText } from './benchmark-table.ts'
import { markdownTable } from './markdown-table.ts'
import { paretoChart } from './pareto-chart.ts'

const referenceTitles: Readonly<Record<string, string>> = {
  original: 'original',
  'never-trained': 'never trained on it',
}

/** The parts of a board's page that the board does not hold. */
export interface PageParts {
  /** address of the chart; null for none */
  readonly figure: string | null
  /** what a person wrote about the board, as Markdown; null for nothing */
  readonly notes: string | null
}

/**
 * A leaderboard as Markdown, of `leaderboard.json` alone: the ranking first, then the notes on it, every metric, and,
 * folded, the command and the recipe.
 */
export function leaderboardMarkdown(
  benchmark: Benchmark,
  board: Leaderboard,
  { figure, notes }: PageParts,
): string {
  const { score, forget, utility } = benchmark.ranking
  const main = [...new Set([score, forget, utility, ...(benchmark.reading?.first ?? [])])].filter(
    (key): key is string =>
      key !== null && (key in benchmark.metrics || key in benchmark.composites),
  )
  const all = [...Object.keys(benchmark.metrics), ...Object.keys(benchmark.composites)]
  const rest = all.filter((key) => !main.includes(key))
  return `# ${benchmark.title}

Ranked by ${score ?? utility}; ${seedsText(board)}. ${notes === null ? '' : '[Notes](#notes) · '}[Every metric](#every-metric) · [How it was made](#how-it-was-made)

${table(benchmark, board, main, true)}
${figure ? `![${utility} by ${forget}](${figure})\n\n` : ''}- A row with a broken model (utility below half of the original’s, or answers that repeat themselves) stands below every working one.
${[...pastAim(benchmark, board), ...notesOf(benchmark)].map((note) => `- ${note}\n`).join('')}
${notes === null ? '' : `## Notes\n\n${notes.trim()}\n\n`}## Every metric

${table(benchmark, board, rest, false)}
## How it was made

${folded('The command', fenced('sh', board.command))}
${folded('The recipe that all rows share', fenced('yaml', board.recipe.trimEnd()))}${settingsList(board)}`
}

/** Utility by forgetting of all rows and the reference models. */
export function leaderboardChart(benchmark: Benchmark, board: Leaderboard): string {
  const { forget, utility } = benchmark.ranking
  const points = board.rows.map((row) => ({
    name: row.name,
    forget: seedSpread(row, forget)?.mean ?? Number.NaN,
    utility: seedSpread(row, utility)?.mean ?? Number.NaN,
    eligible: rowTroubles(row).length === 0,
  }))
  const best = new Set(nonDominated(points).map(({ name }) => name))
  const { text } = paretoChart({
    axes: { forget, utility },
    references: Object.entries(board.references).flatMap(([name, values]) =>
      values ? [{ name, values }] : [],
    ),
    rows: board.rows.map((row) => ({
      name: row.name,
      values: {
        [forget]: seedSpread(row, forget),
        [utility]: seedSpread(row, utility),
      },
      troubles: rowTroubles(row),
      isBest: best.has(row.name),
    })),
  })
  return `${text}\n`
}

function seedsText({ rows }: Leaderboard): string {
  const counts = rows.map(({ seeds }) => seeds.length)
  const [lowest, highest] = [Math.min(...counts), Math.max(...counts)]
  if (highest === 1) return '1 seed each: no spread is known'
  const seeds = lowest === highest ? `${highest} seeds each` : `${lowest} to ${highest} seeds`
  return `${seeds}; mean ± standard deviation`
}

/** Names the working rows that a ranking by score puts above what no forgetting can be better than. */
function pastAim(benchmark: Benchmark, board: Leaderboard): string[] {
  const { score } = benchmark.ranking
  if (score === null) return []
  const aim = board.references['never-trained']?.[score] ?? null
  const names = rankedRows(benchmark, board)
    .filter((row) => rowTroubles(row).length === 0)
    .filter((row) => isPastAim(seedSpread(row, score)?.mean ?? null, aim))
    .map(({ name }) => `\`${name}\``)
  if (names.length === 0) return []
  return [
    `A ${score} above that of the model never trained on the set is past the aim, not better: ${names.join(', ')}.`,
  ]
}

function table(
  benchmark: Benchmark,
  board: Leaderboard,
  keys: readonly string[],
  costs: boolean,
): string {
  const header = [
    'method',
    'seeds',
    ...keys.map((key) => `${key} ${directionText(betterOf(benchmark, key))}`),
    ...(costs ? ['ms a step', 'peak memory', ''] : []),
  ]
  const references = Object.entries(board.references).flatMap(([name, values]) =>
    values
      ? [
          [
            `*${referenceTitles[name] ?? name}*`,
            '',
            ...keys.map((key) => numberText(values[key] ?? null)),
            ...(costs ? ['', '', ''] : []),
          ],
        ]
      : [],
  )
  const rows = rankedRows(benchmark, board).map((row) => [
    row.name,
    String(row.seeds.length),
    ...keys.map((key) => spreadText(row, key)),
    ...(costs ? [...costCells(row), rowTroubles(row).join('; ')] : []),
  ])
  return markdownTable({ header, lines: [...references, ...rows] }, 'right')
}

function spreadText(row: LeaderboardRow, key: string): string {
  const spread = seedSpread(row, key)
  if (!spread) return '–'
  const { mean, deviation } = spread
  return deviation === null ? numberText(mean) : `${numberText(mean)} ± ${numberText(deviation)}`
}

function costCells({ seeds }: LeaderboardRow): string[] {
  const mean = (values: readonly (number | null)[]) => {
    const known = values.filter((value) => value !== null)
    return known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : null
  }
  const milliseconds = mean(seeds.map(({ stepMilliseconds }) => stepMilliseconds))
  const peak = mean(seeds.map(({ peakBytes }) => peakBytes))
  return [milliseconds?.toFixed(0) ?? '–', peak === null ? '–' : bytesText(peak)]
}

function settingsList({ rows }: Leaderboard): string {
  const set = rows.filter(({ settings }) => settings.length > 0)
  if (set.length === 0) return ''
  const lines = set.map(({ name, settings }) => `- ${name}: \`${settings.join('`, `')}\``)
  return `\n${folded('Rows with settings of their own', `${lines.join('\n')}\n`)}`
}

function folded(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n</details>\n`
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\`\n`
}

function betterOf({ metrics, composites }: Benchmark, key: string) {
  return (metrics[key] ?? composites[key]).better
}
