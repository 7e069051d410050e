import { setOption } from '../arguments.ts'
import { exitCode } from '../exit-code.ts'
import { nextAfterRun } from '../next-after-run.ts'
import { performing } from '../performing.ts'
import { probesOption } from '../run-options.ts'
import type { CommandModule } from './command.ts'

const help = `
A resumed run ends with exactly the weights it would have had without the interruption.
Stages go on as they were begun, whatever their recipe says by now. With --set a run goes on with other
settings: where a guard stopped it, from its last good state.

Examples:
  $ lethe resume runs/takedown
  $ lethe resume runs/takedown --set train.learningRate=1e-5`

interface Flags {
  set: string[]
  probes?: true
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, exit, next) {
    command
      .argument('<run>', 'A run folder, or the output of a recipe of stages.')
      .addOption(setOption('Go on with another value'))
      .addOption(probesOption())
      .addHelpText('after', help)
      .action(async (path: string, { set: sets, ...said }: Flags) => {
        if (sets.length > 0) {
          const { changeSettings } = await import('../../job/change-settings.ts')
          await changeSettings(path, sets, terminal)
        }
        const { perform } = await import('../../job/perform.ts')
        const outcome = await performing(terminal, said, (context) => perform(path, context))
        next(...nextAfterRun(outcome, path, null))
        exit(exitCode[outcome])
      })
  },
}
