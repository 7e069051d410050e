import { resolve } from 'node:path'
import { numberBetween, wholeNumber } from '../arguments.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Noise on the subject of each question makes the model lose the answer; then what the clean run had
at one position before one layer is put back, and the share of the answer that returns says how
much passes through there. Records may name their "subject", a part of the question; without it the
whole question is the subject. High at the subject's last token and low at the prompt's last: the
layer still carries the association. That is how SHA256 chose the layers it trains:
train.parameters: { pattern: "*.{0-5}.mlp.*" }.

Examples:
  $ lethe trace ./my-model --data forget.jsonl
  $ lethe trace ./my-model --data forget.jsonl --limit 50 --json`

interface Flags {
  data: string
  limit: number
  noise: number
  samples: number
  seed: number
  json?: true
}

export const command: CommandModule = {
  define(command, terminal) {
    command
      .argument('<model>', 'A Hugging Face model folder.')
      .requiredOption('--data <file>', 'Questions with answers that the model knows.')
      .option('--limit <count>', 'Questions traced, spread over the file.', wholeNumber(1), 20)
      .option(
        '--noise <number>',
        'Of the noise, in standard deviations of the embedding.',
        numberBetween(0, Infinity),
        3,
      )
      .option('--samples <count>', 'Draws of the noise for each question.', wholeNumber(1), 10)
      .option('--seed <number>', 'Seed of the draws.', wholeNumber(0), 0)
      .addHelpText('after', help)
      .action(async (model: string, { json, data, ...flags }: Flags) => {
        const { traceModel } = await import('../../measure/probe/trace.ts')
        const { cwd, out } = terminal
        const report = await traceModel({
          ...flags,
          model: resolve(cwd, model),
          data: resolve(cwd, data),
        })
        if (json) return printJson({ ok: true, ...report }, terminal)
        out.write(
          `${report.traces} answers: ${report.clean.toFixed(3)} nats a token, ${report.corrupted.toFixed(3)} with the subject corrupted\n`,
        )
        out.write('share brought back   at the subject   at the end of the prompt\n')
        for (const [layer, share] of report.subject.entries())
          out.write(
            `before layer ${String(layer).padEnd(8)}${percent(share)}${percent(report.last[layer]).padStart(27)}\n`,
          )
        return undefined
      })
  },
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`.padStart(14)
}
