import { beginRun } from '../../job/begin-run.ts'
import { readPretrainRecipe } from '../../recipe/read.ts'
import { collect, pluginOption } from '../arguments.ts'
import { exitCode } from '../exit-code.ts'
import { performing } from '../performing.ts'
import type { CommandModule } from './command.ts'

const help = `
Trains a Llama from scratch, with a tokenizer of its own, or a model of any kind further (model: { path: … }), and
writes it to the run folder's model/.

Examples:
  $ lethe pretrain recipes/demo-pretrain.yaml
  $ lethe pretrain recipes/tofu-pretrain.yaml --set 'model={path: ./base}' --set tokenizer=null --set train.epochs=5`

interface Flags {
  set: string[]
  plugin: string[]
  replace?: true
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, exit) {
    command
      .argument('<recipe>', 'A pretraining recipe (.yaml, .yml or .json).')
      .option('--set <path=value>', 'Set a value of the recipe; may be repeated.', collect, [])
      .addOption(pluginOption())
      .option('--replace', 'Delete the run that is in the output folder.')
      .addHelpText('after', help)
      .action(async (file: string, flags: Flags) => {
        const { cwd, env } = terminal
        const { set: sets, plugin: plugins, replace = false, json = false } = flags
        const loaded = await readPretrainRecipe(file, { sets, plugins, cwd, env })
        const { performRun } = await import('../../job/run-job.ts')
        const folder = await beginRun(loaded, { cwd, header: `lethe pretrain ${file}`, replace })
        exit(exitCode[await performing(terminal, { json }, (job) => performRun(folder, job))])
      })
  },
}
