import { keptAt } from '../compare/equal-forgetting.ts'
import { nonDominated } from '../compare/pareto.ts'
import { spreadOf } from '../compare/seed-spread.ts'
import {
  forgettingLevels,
  type ShownRun,
  type TunedMethod,
  type TunedMethods,
} from '../compare/tuned-methods.ts'
import { bytesText, durationText } from '../units.ts'
import { decimal } from './format.ts'
import { markdownTable } from './markdown-table.ts'
import { type ParetoFigure, paretoChart } from './pareto-chart.ts'

/** The page of methods under an equal search: a table, and a figure beside it. */
export function tunedPage(tuned: TunedMethods): { markdown: string; figure: string } {
  const { recipe, budget, searchSeed, methods } = tuned
  const seeds = methods.find(({ shown }) => shown.length > 0)?.shown.map(({ seed }) => seed) ?? []
  const header = [
    'method',
    'learning rate',
    'goal reached',
    ...forgettingLevels.map((level) => `kept at ${level} left`),
    'left at the end',
    'retain',
    'general',
    'time',
    'peak memory',
  ]
  const table = markdownTable({ header, lines: methods.map(cells) }, 'right')
  const markdown = `# Methods at their best: ${recipe}

Each method had ${budgetText(budget)} to find a learning rate on seed ${searchSeed}, and as much on ${seeds.length === 1 ? 'seed' : 'each of the seeds'} ${seeds.join(', ')}, shown
here: mean ± standard deviation. *Left* is the share of what the model knew of the forget set, *kept* the smaller share of what
retain rows and general questions knew, on wordings and rows that it was not trained on; a cell is empty where a seed did not get so far.
The last columns are of the exported models, on wordings and rows that took no part.

${table}
![What is kept, by what is left to forget](tune.svg)
`
  return { markdown, figure: `${paretoChart(figureOf(methods)).text}\n` }
}

function budgetText(budget: TunedMethods['budget']): string {
  return 'secondsPerRun' in budget
    ? durationText(budget.secondsPerRun)
    : `${budget.stepsPerRun} steps`
}

function cells({ method, learningRate, shown }: TunedMethod): string[] {
  const over = (of: (run: ShownRun) => number | null | undefined, text = spreadText) => {
    const values = shown.map(of)
    const known = values.filter((value): value is number => typeof value === 'number')
    return known.length === 0 || known.length < values.length ? '' : text(known)
  }
  const mostOf = (text: (value: number) => string) => (values: readonly number[]) =>
    text(Math.max(...values))
  return [
    method,
    learningRate === null ? 'none' : String(learningRate),
    `${shown.filter(({ end }) => end?.reached).length} of ${shown.length}`,
    ...forgettingLevels.map((level) => over(({ path }) => keptAt(path, level))),
    over(({ end }) => end?.left),
    over(({ end }) => end?.retain),
    over(({ end }) => end?.general),
    over(({ seconds }) => seconds, mostOf(durationText)),
    over(({ peakBytes }) => peakBytes, mostOf(bytesText)),
  ]
}

function spreadText(values: readonly number[]): string {
  const { mean = Number.NaN, deviation = null } = spreadOf(values) ?? {}
  return deviation === null ? decimal(mean) : `${decimal(mean)} ± ${decimal(deviation)}`
}

const axes = { forget: 'left to forget', utility: 'kept' }

function figureOf(methods: readonly TunedMethod[]): ParetoFigure {
  const points = methods.flatMap(({ method, shown }) => {
    const ends = shown.flatMap(({ end }) => end ?? [])
    if (ends.length === 0) return []
    const forget = spreadOf(ends.map(({ left }) => left))?.mean ?? Number.NaN
    const kept = ends.map(({ retain, general }) => Math.min(retain ?? 1, general ?? 1))
    const utility = spreadOf(kept)?.mean ?? Number.NaN
    return [{ name: method, forget, utility, eligible: ends.length === shown.length }]
  })
  const best = new Set(nonDominated(points).map(({ name }) => name))
  return {
    axes,
    references: [{ name: 'original', values: { [axes.forget]: 1, [axes.utility]: 1 } }],
    rows: points.map(({ name, forget, utility, eligible }) => ({
      name,
      values: { [axes.forget]: { mean: forget }, [axes.utility]: { mean: utility } },
      troubles: eligible ? [] : ['a seed did not end'],
      isBest: best.has(name),
    })),
  }
}
