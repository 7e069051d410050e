import { join } from 'node:path'
import { readPretrainRecipe } from '../../recipe/read.ts'
import { exitCode } from '../exit-code.ts'
import { addRunOptions, beginAndPerform, type RunFlags } from '../run-options.ts'
import type { CommandModule } from './command.ts'

const help = `
Trains a Llama from scratch, with a tokenizer of its own, or a model of any kind further (model: { path: … }), and
writes it to the run folder's model/.

Examples:
  $ lethe pretrain recipes/demo-pretrain.yaml
  $ lethe pretrain recipes/tofu-pretrain.yaml --set 'model={path: ./base}' --set tokenizer=null --set train.epochs=5`

export const command: CommandModule = {
  define(command, terminal, exit, next) {
    addRunOptions(command.argument('<recipe>', 'A pretraining recipe (.yaml, .yml or .json).'))
      .addHelpText('after', help)
      .action(async (file: string, flags: RunFlags) => {
        const { cwd, env } = terminal
        const { set: sets, plugin: plugins } = flags
        const loaded = await readPretrainRecipe(file, { sets, plugins, cwd, env })
        const outcome = await beginAndPerform(loaded, `lethe pretrain ${file}`, flags, terminal)
        if (outcome === 'finished') next(['chat', join(loaded.recipe.output, 'model')])
        exit(exitCode[outcome])
      })
  },
}
