import { resolve } from 'node:path'
import { UserError } from '../../error.ts'
import { mergeRules } from '../../parts/merge/merge-rules.ts'
import { numberBetween } from '../arguments.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Makes one model of several that were trained from the same one, such as one that forgot too much and
one that forgot too little. Memory: one tensor of each.

Examples:
  $ lethe merge ./my-model runs/heavy/model runs/light/model --output merged
  $ lethe merge ./my-model a/model b/model --weights 1,0.5 --density 0.6 --output merged`

interface Flags {
  output: string
  rule: string
  weights?: string
  density: number
  replace?: true
  json?: true
}

export const command: CommandModule = {
  values: () => ({ '--rule': [...mergeRules.keys()] }),
  define(command, terminal, _, next) {
    command
      .argument('<base>', 'The model folder that the others were trained from.')
      .argument('<models...>', 'Model folders.')
      .requiredOption('--output <folder>', 'Where the merged model goes.')
      .option('--rule <id>', `How: ${[...mergeRules.keys()].join(' or ')}.`, 'ties')
      .option('--weights <list>', 'One number for each model; 1 each unless given.')
      .option('--density <share>', 'Of ties: share of the changes kept.', numberBetween(0, 1), 0.8)
      .option('--replace', 'Delete the model that is in the output folder.')
      .addHelpText('after', help)
      .action(async (base: string, models: string[], flags: Flags) => {
        const { cwd, out } = terminal
        const rule = mergeRules.get(flags.rule)
        if (!rule)
          throw new UserError({
            code: 'unknown-rule',
            path: '--rule',
            expected: [...mergeRules.keys()].join(' or '),
            got: flags.rule,
          })
        const knobs = 'density' in rule.schema.shape ? { density: flags.density } : {}
        const { mergeModels } = await import('../../job/merge-models.ts')
        await mergeModels({
          base: resolve(cwd, base),
          models: models.map((path) => resolve(cwd, path)),
          weights: weightsOf(flags.weights, models.length),
          rule: rule.id,
          knobs: rule.schema.parse(knobs),
          target: resolve(cwd, flags.output),
          replace: flags.replace ?? false,
        })
        if (flags.json) printJson({ ok: true, output: flags.output }, terminal)
        else out.write(`wrote ${flags.output}, ${rule.title} of ${models.length} models\n`)
        next(
          ['chat', flags.output],
          ['eval', flags.output, '--forget', 'forget.jsonl', '--retain', 'retain.jsonl'],
        )
      })
  },
}

function weightsOf(text: string | undefined, count: number): number[] {
  if (text === undefined) return new Array(count).fill(1)
  const weights = text.split(',').map(Number)
  if (weights.length === count && weights.every(Number.isFinite)) return weights
  throw new UserError({
    code: 'bad-weights',
    path: '--weights',
    expected: `${count} numbers parted by commas, one for each model`,
    got: text,
  })
}
