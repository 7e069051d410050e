import type { CommandModule } from './command.ts'
import { exitCode } from './exit-code.ts'
import { performing } from './performing.ts'

const help = `
A resumed run ends with exactly the weights it would have had without the interruption.
Stages go on as they were begun, whatever their recipe says by now.

Examples:
  $ lethe resume runs/takedown`

export const command: CommandModule = {
  define(command, terminal, exit) {
    command
      .argument('<run>', 'A run folder, or the output of a recipe of stages.')
      .addHelpText('after', help)
      .action(async (path: string, { json = false }: { json?: boolean }) => {
        const { perform } = await import('../job/perform.ts')
        exit(exitCode[await performing(terminal, { json }, (context) => perform(path, context))])
      })
  },
}
