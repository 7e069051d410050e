import {
  type Leaderboard,
  type LeaderboardRow,
  rankedRows,
  rowTroubles,
  seedSpread,
} from '../compare/leaderboard.ts'
import { nonDominated } from '../compare/pareto.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import { isPastAim } from '../measure/trust.ts'
import { bytesText } from '../units.ts'
import { directionText, numberText } from './benchmark-table.ts'
import { paretoChart } from './pareto-chart.ts'

const referenceTitles: Readonly<Record<string, string>> = {
  original: 'original',
  'never-trained': 'never trained on it',
}

/** A leaderboard as Markdown: how it was made, the ranking, every metric, what must be known. Of `leaderboard.json` alone. */
export function leaderboardMarkdown(
  benchmark: Benchmark,
  board: Leaderboard,
  figure: string | null,
): string {
  const { score, forget, utility } = benchmark.ranking
  const main = [...new Set([score, forget, utility, 'forget.quality', 'privLeak'])].filter(
    (key): key is string =>
      key !== null && (key in benchmark.metrics || key in benchmark.composites),
  )
  const all = [...Object.keys(benchmark.metrics), ...Object.keys(benchmark.composites)]
  const rest = all.filter((key) => !main.includes(key))
  const seeds = board.rows.map((row) => row.seeds.length)
  const lowest = Math.min(...seeds)
  const highest = Math.max(...seeds)
  return `# ${benchmark.title}

\`${board.command}\`

Rows are ranked by ${score ?? utility}; a row with a broken model (utility below half of the original’s, or answers that repeat
themselves) stands below every working one. ${
    lowest === highest
      ? `${highest} seed${highest === 1 ? '' : 's'} each`
      : `${lowest} to ${highest} seeds, as the column says`
  }${highest > 1 ? '; mean ± standard deviation' : ': no spread is known'}.
${pastAim(benchmark, board)}
${table(benchmark, board, main, true)}
${figure ? `\n![${utility} by ${forget}](${figure})\n` : ''}
${benchmark.notes.map((note) => `- ${note}`).join('\n')}

## Every metric

${table(benchmark, board, rest, false)}

## The recipe that all rows share

\`\`\`yaml
${board.recipe.trimEnd()}
\`\`\`
${settingsList(board)}`
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
      values ? [{ name, values: finiteValues(values) }] : [],
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

/** Names the working rows that a ranking by score puts above what no forgetting can be better than. */
function pastAim(benchmark: Benchmark, board: Leaderboard): string {
  const { score } = benchmark.ranking
  if (score === null) return ''
  const aim = board.references['never-trained']?.[score] ?? null
  const names = rankedRows(benchmark, board)
    .filter((row) => rowTroubles(row).length === 0)
    .filter((row) => isPastAim(seedSpread(row, score)?.mean ?? null, aim))
    .map(({ name }) => `\`${name}\``)
  if (names.length === 0) return ''
  return `
A ${score} above that of the model never trained on the set is past the aim, not better: ${names.join(', ')}.
`
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
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const references = Object.entries(board.references).flatMap(([name, values]) =>
    values
      ? [
          line([
            `*${referenceTitles[name] ?? name}*`,
            '',
            ...keys.map((key) => numberText(values[key] ?? null)),
            ...(costs ? ['', '', ''] : []),
          ]),
        ]
      : [],
  )
  const rows = rankedRows(benchmark, board).map((row) =>
    line([
      row.name,
      String(row.seeds.length),
      ...keys.map((key) => spreadText(row, key)),
      ...(costs ? [...costCells(row), rowTroubles(row).join('; ')] : []),
    ]),
  )
  const rule = header.map((_, i) => (i === 0 ? '---' : '---:'))
  return [line(header), line(rule), ...references, ...rows].join('\n')
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
  return `\nRows with settings of their own:\n\n${lines.join('\n')}\n`
}

function betterOf({ metrics, composites }: Benchmark, key: string) {
  return (metrics[key] ?? composites[key]).better
}

function finiteValues(values: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value ?? Number.NaN]),
  )
}
