import { join } from 'node:path'
import { readRecipe } from '../../recipe/read.ts'
import { isStaged, readStages } from '../../recipe/read-stages.ts'
import { exitCode } from '../exit-code.ts'
import { nextAfterRun } from '../next-after-run.ts'
import { performing } from '../performing.ts'
import { addRunOptions, beginAndPerform, type RunFlags } from '../run-options.ts'
import type { CommandModule } from './command.ts'

const help = `
The run folder gets recipe.yaml (resolved), events.jsonl, metrics.json, samples.jsonl, state/,
model/ (a Hugging Face folder) and report.html. Ctrl-C saves the state; lethe resume goes on. A recipe
of stages has a run folder for each, and stages.json, by which lethe resume goes on with all.

Examples:
  $ lethe run takedown.yaml
  $ lethe run takedown.yaml --set train.learningRate=3e-5 --set output=runs/second-try
  $ lethe run takedown.yaml --json > events.jsonl`

export const command: CommandModule = {
  define(command, terminal, exit, next) {
    addRunOptions(
      command.argument(
        '<recipe>',
        'An unlearning recipe, or one of stages (.yaml, .yml or .json).',
      ),
    )
      .addHelpText('after', help)
      .action(async (file: string, flags: RunFlags) => {
        const { cwd, env } = terminal
        const { set: sets, plugin: plugins, replace = false } = flags
        if (await isStaged(file, cwd)) {
          const staged = await readStages(file, { sets, plugins, cwd, env })
          const { beginStages, performStages } = await import('../../job/stages-job.ts')
          await beginStages(staged, { cwd, replace })
          const outcome = await performing(terminal, flags, (job) => performStages(staged, job))
          if (outcome === 'finished') next(['chat', join(staged.output, 'model')])
          return exit(exitCode[outcome])
        }
        const loaded = await readRecipe(file, { sets, plugins, cwd, env })
        const outcome = await beginAndPerform(loaded, `lethe run ${file}`, flags, terminal)
        const again = ['run', file, ...sets.flatMap((set) => ['--set', set])]
        next(...nextAfterRun(outcome, loaded.recipe.output, again))
        return exit(exitCode[outcome])
      })
  },
}
