import { readRecipe } from '../../recipe/read.ts'
import { isStaged, readStages } from '../../recipe/read-stages.ts'
import { pluginOption, setOption } from '../arguments.ts'
import { jobWords } from '../job-words.ts'
import { runPlanText, stagesPlanText } from '../plan-text.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Counts memory by part from the model's own graph, then times a few real steps on the loaded model.
What cannot fit is refused, with a proposal, before any weight is read. Stages are planned one by one.

Examples:
  $ lethe plan takedown.yaml
  $ lethe plan takedown.yaml --no-probe
  $ lethe plan takedown.yaml --set train.batchSize=2 --json`

interface Flags {
  set: string[]
  plugin: string[]
  probe: boolean
  json?: boolean
}

export const command: CommandModule = {
  define(command, terminal, _, next) {
    command
      .argument('<recipe>', 'An unlearning recipe, or one of stages (.yaml, .yml or .json).')
      .addOption(setOption('Set a value of the recipe'))
      .addOption(pluginOption())
      .option('--no-probe', 'Do not load the model to time steps.')
      .addHelpText('after', help)
      .action(async (file: string, { set: sets, plugin: plugins, probe, json = false }: Flags) => {
        const { cwd, env, out, err } = terminal
        next(['run', file, ...sets.flatMap((set) => ['--set', set])])
        const context = { cwd, env, tell: jobWords(terminal, { json }).tell }
        const show = <Plan extends { warnings: readonly string[] }>(
          plan: Plan,
          textOf: (plan: Plan) => string,
        ) => {
          if (json) return printJson({ ok: true, plan }, terminal)
          out.write(textOf(plan))
          for (const warning of plan.warnings) err.write(`warning: ${warning}\n`)
          return undefined
        }
        if (await isStaged(file, cwd)) {
          const staged = await readStages(file, { sets, plugins, cwd, env })
          err.write(`planning ${staged.output} …\n`)
          const { planStagesJob } = await import('../../job/plan-job.ts')
          return show(await planStagesJob(staged, probe, context), stagesPlanText)
        }
        const { recipe } = await readRecipe(file, { sets, plugins, cwd, env })
        err.write(`planning ${recipe.output} …\n`)
        const { planRunJob } = await import('../../job/plan-job.ts')
        return show(await planRunJob(recipe, probe, context), runPlanText)
      })
  },
}
