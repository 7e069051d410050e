import { resolve } from 'node:path'
import { wholeNumber } from './arguments.ts'
import type { CommandModule } from './command.ts'
import { printJson } from './print-error.ts'

const help = `
Greedy answers and answer probabilities on two data sets, as lethe run measures them.

Examples:
  $ lethe eval runs/demo/model --forget forget.jsonl --retain retain.jsonl
  $ lethe eval ./my-model --retain retain.jsonl --limit 100 --json`

interface Flags {
  forget?: string
  retain?: string
  limit?: number
  maxNewTokens: number
  json?: true
}

export const command: CommandModule = {
  define(command, terminal) {
    command
      .argument('<model>', 'A Hugging Face model folder.')
      .option('--forget <file>', 'Data that should have been forgotten.')
      .option('--retain <file>', 'Data that should have been kept.')
      .option('--limit <count>', 'Examples of each set, spread over it.', wholeNumber(1))
      .option('--max-new-tokens <count>', 'Longest answer, in tokens.', wholeNumber(1), 64)
      .addHelpText('after', help)
      .action(async (path: string, flags: Flags) => {
        const { evaluateModel } = await import('../run/evaluate-model.ts')
        const summaries = await evaluateModel({
          model: resolve(terminal.cwd, path),
          forget: flags.forget ?? null,
          retain: flags.retain ?? null,
          limit: flags.limit ?? null,
          maxNewTokens: flags.maxNewTokens,
        })
        if (flags.json) return printJson({ ok: true, metrics: summaries }, terminal)
        const arrows = { lower: '↓', higher: '↑', target: '→' } as const
        for (const { key, value, interval, direction, count } of summaries)
          terminal.out.write(
            `${key.padEnd(20)} ${arrows[direction]} ${value.toFixed(3)}  [${interval.map((x) => x.toFixed(3)).join(', ')}]  n = ${count}\n`,
          )
        return undefined
      })
  },
}
