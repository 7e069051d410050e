import { writeFileAtomic } from '../files/atomic.ts'
import { readRecipe } from '../recipe/read.ts'
import { isStaged } from '../recipe/read-stages.ts'
import { toYaml } from '../recipe/write.ts'
import { createRunFolder } from '../run/run-folder.ts'
import { collect } from './arguments.ts'
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
  define(command, terminal, exit) {
    command
      .argument('<recipe>', 'An unlearning recipe, or one of stages (.yaml, .yml or .json).')
      .option('--set <path=value>', 'Set a value of the recipe; may be repeated.', collect, [])
      .option('--replace', 'Delete the run that is in the output folder.')
      .addHelpText('after', help)
      .action(async (file: string, flags: { set: string[]; replace?: true; json?: true }) => {
        const { cwd, env } = terminal
        if (await isStaged(file, cwd)) {
          const { runStages } = await import('./run-stages.ts')
          const { set: sets, replace = false, json = false } = flags
          return exit(await runStages(file, { sets, replace, json, terminal }))
        }
        const loaded = await readRecipe(file, { sets: flags.set, cwd, env })
        const { execute } = await import('./execute.ts')
        const { recipe, provenance } = loaded
        const folder = createRunFolder(recipe.output, { replace: flags.replace ?? false })
        const recipeText = toYaml(recipe, provenance, [`lethe run ${file}`])
        await writeFileAtomic(folder.recipe, recipeText)
        exit(
          await execute({
            loaded: { kind: 'unlearn', ...loaded },
            recipeText,
            folder,
            resume: false,
            terminal,
            json: flags.json ?? false,
          }),
        )
        return undefined
      })
  },
}
