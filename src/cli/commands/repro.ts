import { performReproduction, type Reproduction } from '../../job/reproduction-job.ts'
import { numberText } from '../../report/benchmark-table.ts'
import { exitCode } from '../exit-code.ts'
import { performing } from '../performing.ts'
import { printJson } from '../print-error.ts'
import type { Terminal } from '../terminal.ts'
import type { CommandModule } from './command.ts'

const help = `
Needs the reference models: lethe benchmark prepare. A value counts as reproduced within the
band that holds 95 % of further seeds, judged by the published ones, or half of the new value's
bootstrap interval where that is more. Exit: 0 reproduced, 3 not.

Examples:
  $ lethe repro docs/results/tofu-forget05-benchmark.json --row blur --output runs/tofu
  $ lethe repro runs/theirs/leaderboard.json --row npo --seed 7 --output runs/tofu`

interface Flags {
  row: string
  seed?: string
  output: string
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, exit) {
    command
      .argument('<leaderboard>', 'A leaderboard.json, or docs/results/<name>.json.')
      .requiredOption('--row <name>', 'The row, by its name.')
      .option('--seed <number>', 'The seed; the first published one unless told.')
      .option('--output <folder>', 'The folder of the prepared benchmark.', 'runs/benchmark')
      .addHelpText('after', help)
      .action(async (board: string, { json, seed, ...flags }: Flags) => {
        const task = { board, ...flags, seed: seed === undefined ? undefined : Number(seed) }
        const made = await performing(terminal, {}, (context) => performReproduction(task, context))
        if (!made) return exit(exitCode.interrupted)
        if (json) printJson({ ok: true, ...made }, terminal)
        else show(made, terminal)
        if (!made.reproduced) exit(exitCode.gate)
        return undefined
      })
  },
}

function show({ row, seed, reproduced, metrics }: Reproduction, { out }: Terminal): void {
  const said = (one: boolean) => (one ? 'reproduced' : 'not reproduced')
  for (const { key, expected, band, got, reproduced: same } of metrics)
    out.write(
      `${key}: expected ${numberText(expected)} ± ${numberText(band)}, got ${numberText(got)}: ${said(same)}\n`,
    )
  out.write(`${row}, seed ${seed}: ${said(reproduced)}\n`)
}
