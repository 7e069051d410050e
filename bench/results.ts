import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compareRuns } from '../src/compare/comparison.ts'
import { describeMethod } from '../src/method/describe.ts'
import { methods } from '../src/method/methods.ts'
import { decimal } from '../src/report/format.ts'
import { markdownTable } from '../src/report/markdown-table.ts'
import { paretoChart } from '../src/report/pareto-chart.ts'
import { readComparedRun } from '../src/run/read-compared-run.ts'
import { bytesText } from '../src/units.ts'

const shown = ['forget.probability', 'forget.rougeL', 'retain.probability', 'retain.rougeL']

/**
 * `node dist/bench/results.js <folder of runs> <name>`: writes docs/results/<name>-table.md and <name>.svg from run folders
 * and declarations alone.
 */
const [folder, name] = process.argv.slice(2)
const paths = readdirSync(folder).map((each) => join(folder, each))
const comparison = compareRuns(paths.map(readComparedRun), {
  forgetMetric: 'forget.probability',
  utilityMetric: 'retain.probability',
})
const order = [...methods.keys()]
const place = (id: unknown) => order.indexOf(String(id))
const rows = comparison.rows.toSorted(
  (a, b) => place(a.settings['method.id'] ?? a.name) - place(b.settings['method.id'] ?? b.name),
)
const original = comparison.references[0]
const table = markdownTable(
  {
    header: [
      'method',
      'seeds',
      ...shown,
      'ms a step',
      'peak memory',
      'backward passes',
      'reference',
      '',
    ],
    lines: [
      ['*original*', '', ...shown.map((key) => decimal(original.values[key])), '', '', '', '', ''],
      ...rows.map((row) => {
        const method = methods.get(String(row.settings['method.id'] ?? row.name.split(',')[0]))
        const cost = method && describeMethod(method).cost
        return [
          row.name,
          String(row.seeds.length),
          ...shown.map((key) => {
            const spread = row.values[key]
            if (!spread) return '–'
            const { mean, deviation } = spread
            return deviation === null ? decimal(mean) : `${decimal(mean)} ± ${decimal(deviation)}`
          }),
          row.stepMilliseconds?.mean.toFixed(0) ?? '–',
          row.peakBytes ? bytesText(row.peakBytes.mean) : '–',
          String(cost?.backwardPasses ?? ''),
          cost?.reference ?? '',
          [row.isBest ? 'not dominated' : '', ...row.troubles].filter(Boolean).join('; '),
        ]
      }),
    ],
  },
  'right',
)
writeFileSync(`docs/results/${name}-table.md`, table)
writeFileSync(`docs/results/${name}.svg`, `${paretoChart(comparison).text}\n`)
