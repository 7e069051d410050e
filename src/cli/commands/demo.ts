import { join, relative, resolve } from 'node:path'
import { packageRoot } from '../../files/package.ts'
import { readRecipe } from '../../recipe/read.ts'
import { type RunFolder, runFolderAt } from '../../run/run-folder.ts'
import { readSamples } from '../../run/samples.ts'
import { setOption } from '../arguments.ts'
import { exitCode } from '../exit-code.ts'
import { beginAndPerform, probesOption } from '../run-options.ts'
import type { Terminal } from '../terminal.ts'
import type { CommandModule } from './command.ts'

const help = `
Unlearns the shipped model recipes/demo.yaml names: ten invented people are forgotten, ninety are
kept. A demo that is already in the output folder is replaced.

Examples:
  $ lethe demo
  $ lethe demo --set train.learningRate=3e-5 --set output=runs/gentle`

/** Answers of each set that are shown at the end. */
const shown = 3

export const command: CommandModule = {
  define(command, terminal, exit, next) {
    command
      .addOption(setOption('Set a value of the recipe'))
      .addOption(probesOption())
      .addHelpText('after', help)
      .action(async (flags: { set: string[]; probes?: true; json?: true }) => {
        const { cwd, env } = terminal
        const file = relative(cwd, join(packageRoot(), 'recipes', 'demo.yaml'))
        const loaded = await readRecipe(file, { sets: flags.set, cwd, env })
        const replacing = { ...flags, replace: true } as const
        const outcome = await beginAndPerform(loaded, 'lethe demo', replacing, terminal)
        if (!flags.json) showAnswers(runFolderAt(resolve(cwd, loaded.recipe.output)), terminal)
        if (outcome === 'finished')
          next(
            ['chat', loaded.recipe.output],
            ['init', 'takedown.yaml', '--model', './my-model', '--forget', 'forget.jsonl'],
          )
        exit(exitCode[outcome])
      })
  },
}

/** A few questions of each set with the answers before and now. */
function showAnswers(folder: RunFolder, { out }: Terminal): void {
  const samples = readSamples(folder.samples)
  for (const set of ['forget', 'retain'] as const) {
    out.write(`\n${set === 'forget' ? 'to be forgotten' : 'to be kept'}\n`)
    const before = samples.filter((sample) => sample.set === set && sample.phase === 'before')
    const stride = Math.max(1, Math.floor(before.length / shown))
    for (let i = 0; i < before.length && i < shown * stride; i += stride) {
      const { prompt, generated, index } = before[i]
      const now = samples.find(
        (sample) => sample.set === set && sample.phase === 'after' && sample.index === index,
      )
      out.write(
        `  ${prompt}\n    before: ${generated}\n    now:    ${now?.generated ?? '(not measured)'}\n`,
      )
    }
  }
}
