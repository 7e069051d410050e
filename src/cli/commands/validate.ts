import { readAnyRecipe } from '../../recipe/read.ts'
import { isStaged, readStages } from '../../recipe/read-stages.ts'
import { toYaml } from '../../recipe/write.ts'
import { pluginOption, setOption } from '../arguments.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Paths in a recipe are taken from the recipe's folder if there is something there, else from the
current folder; output always from the current folder.

Examples:
  $ lethe validate takedown.yaml
  $ lethe validate takedown.yaml --set train.learningRate=3e-5 --set train.seed=1
  $ lethe validate takedown.yaml --resolved > complete.yaml
  $ lethe validate takedown.yaml --json`

interface Options {
  set: string[]
  plugin: string[]
  files: boolean
  resolved?: true
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, _, next) {
    command
      .argument('<recipe>', 'Recipe of lethe run or lethe pretrain (.yaml, .yml or .json).')
      .addOption(setOption('Set a value of the recipe'))
      .addOption(pluginOption())
      .option('--no-files', 'Do not look for the files that the recipe names.')
      .option('--resolved', 'Print the complete recipe, with the origin of every value.')
      .addHelpText('after', help)
      .action(async (file: string, { set, plugin: plugins, files, resolved, json }: Options) => {
        const { cwd, env } = terminal
        if (await isStaged(file, cwd)) {
          const { stages } = await readStages(file, { sets: set, plugins, cwd, env, files })
          if (json) printJson({ ok: true, file, kind: 'stages', stages }, terminal)
          else
            terminal.out.write(
              `${file}: valid, for lethe run; stages: ${stages.map(({ name }) => name).join(', ')}\n`,
            )
          next(['plan', file], ['run', file])
          return
        }
        const loaded = await readAnyRecipe(file, { sets: set, plugins, cwd, env, files })
        const { kind, recipe, provenance } = loaded
        if (json) printJson({ ok: true, file, kind, recipe, provenance }, terminal)
        else if (resolved)
          terminal.out.write(toYaml(recipe, provenance, [commandOf(kind, file, set)]))
        else terminal.out.write(`${file}: valid, for lethe ${runner[kind]}\n`)
        if (!resolved) next(...(kind === 'unlearn' ? [['plan', file]] : []), [runner[kind], file])
      })
  },
}

const runner = { unlearn: 'run', pretrain: 'pretrain' } as const

function commandOf(kind: keyof typeof runner, file: string, sets: readonly string[]): string {
  return [`lethe ${runner[kind]} ${file}`, ...sets.map((set) => `--set ${set}`)].join(' ')
}
