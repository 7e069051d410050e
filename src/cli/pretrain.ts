import { writeFileAtomic } from '../files/atomic.ts'
import { readPretrainRecipe } from '../recipe/read.ts'
import { toYaml } from '../recipe/write.ts'
import { createRunFolder } from '../run/run-folder.ts'
import { collect } from './arguments.ts'
import type { CommandModule } from './command.ts'

const help = `
Trains a Llama from scratch, with a tokenizer of its own, or a model of any kind further (model: { path: … }), and
writes it to the run folder's model/.

Examples:
  $ lethe pretrain recipes/demo-pretrain.yaml
  $ lethe pretrain recipes/tofu-pretrain.yaml --set 'model={path: ./base}' --set tokenizer=null --set train.epochs=5`

export const command: CommandModule = {
  define(command, terminal, exit) {
    command
      .argument('<recipe>', 'A pretraining recipe (.yaml, .yml or .json).')
      .option('--set <path=value>', 'Set a value of the recipe; may be repeated.', collect, [])
      .option('--replace', 'Delete the run that is in the output folder.')
      .addHelpText('after', help)
      .action(async (file: string, flags: { set: string[]; replace?: true; json?: true }) => {
        const { cwd, env } = terminal
        const loaded = await readPretrainRecipe(file, { sets: flags.set, cwd, env })
        const { execute } = await import('./execute.ts')
        const { recipe, provenance } = loaded
        const folder = createRunFolder(recipe.output, { replace: flags.replace ?? false })
        const recipeText = toYaml(recipe, provenance, [`lethe pretrain ${file}`])
        await writeFileAtomic(folder.recipe, recipeText)
        exit(
          await execute({
            loaded: { kind: 'pretrain', ...loaded },
            recipeText,
            folder,
            resume: false,
            terminal,
            json: flags.json ?? false,
          }),
        )
      })
  },
}
