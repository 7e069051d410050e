import { resolve } from 'node:path'
import * as z from 'zod'
import { compareRuns, type ReferenceModel } from '../../compare/comparison.ts'
import { UserError } from '../../error.ts'
import { writeFileAtomic } from '../../files/atomic.ts'
import { readBoundedText } from '../../files/bounded-file.ts'
import { parseBoundedJson } from '../../files/bounded-json.ts'
import { renderComparison } from '../../report/comparison-page.ts'
import {
  changesNote,
  changesTable,
  comparisonCsv,
  comparisonTable,
  settingsTable,
  textTable,
} from '../../report/comparison-table.ts'
import { markdownTable } from '../../report/markdown-table.ts'
import { paretoChart } from '../../report/pareto-chart.ts'
import { readComparedRun } from '../../run/read-compared-run.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Runs of equal settings are one row, whatever their seed. Runs that were measured on other examples,
or began with another model, are refused.

Examples:
  $ lethe compare runs/tofu-*
  $ lethe compare runs/tofu-* --baseline npo --html comparison.html --csv comparison.csv
  $ lethe eval ./never-trained --forget forget.jsonl --retain retain.jsonl --json > never.json
  $ lethe compare runs/tofu-* --never-trained never.json --svg pareto.svg`

interface Flags {
  baseline?: string
  forgetMetric: string
  utilityMetric: string
  neverTrained?: string
  markdown?: string
  csv?: string
  svg?: string
  html?: string
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, _, next) {
    command
      .argument('<runs...>', 'Run folders.')
      .option('--baseline <row>', 'The row that others are compared with; the first unless given.')
      .option('--forget-metric <key>', 'Across in the figure.', 'forget.rougeL')
      .option('--utility-metric <key>', 'Up in the figure.', 'retain.rougeL')
      .option('--never-trained <file>', 'lethe eval --json of a model that never saw the data.')
      .option('--markdown <file>', 'Write the tables as Markdown.')
      .option('--csv <file>', 'Write one line a row and metric.')
      .option('--svg <file>', 'Write the figure.')
      .option('--html <file>', 'Write one page with all of it.')
      .addHelpText('after', help)
      .action(async (paths: string[], flags: Flags) => {
        const { cwd, out } = terminal
        const neverTrained =
          flags.neverTrained === undefined
            ? {}
            : { neverTrained: readEvaluation(resolve(cwd, flags.neverTrained)) }
        const runs = paths.map((path) => readComparedRun(resolve(cwd, path)))
        const comparison = compareRuns(runs, {
          ...(flags.baseline === undefined ? {} : { baseline: flags.baseline }),
          forgetMetric: flags.forgetMetric,
          utilityMetric: flags.utilityMetric,
          ...neverTrained,
        })
        const write = async (file: string | undefined, text: () => string) => {
          if (file !== undefined) await writeFileAtomic(resolve(cwd, file), text())
        }
        const tables = [comparisonTable, changesTable, settingsTable].map((make) =>
          make(comparison),
        )
        await write(
          flags.markdown,
          () =>
            `${tables.map((table) => markdownTable(table, 'right')).join('\n')}\n${changesNote}\n`,
        )
        await write(flags.csv, () => comparisonCsv(comparison))
        await write(flags.svg, () => paretoChart(comparison).text)
        await write(flags.html, () => renderComparison(comparison, `${runs.length} runs`))
        if (flags.json) printJson({ ok: true, ...comparison }, terminal)
        else out.write(`${tables.map(textTable).join('\n')}\n${changesNote}\n`)
        if (flags.html === undefined) next(['compare', ...paths, '--html', 'comparison.html'])
      })
  },
}

const evaluationSchema = z.looseObject({
  metrics: z.array(z.looseObject({ key: z.string(), value: z.number().nullable() })),
})

/** What `lethe eval --json` printed of a model. */
function readEvaluation(path: string): ReferenceModel {
  const text = readBoundedText(path)
  const said = evaluationSchema.safeParse(parseBoundedJson(text, path))
  if (said.success) {
    const values = Object.fromEntries(said.data.metrics.map(({ key, value }) => [key, value]))
    return { name: 'never trained', values }
  }
  throw new UserError({
    code: 'not-an-evaluation',
    path,
    expected: 'what lethe eval --json prints',
    got: JSON.stringify(text.slice(0, 40)),
  })
}
