import { UserError } from '../../error.ts'
import { declaredCommands } from '../completion/declared.ts'
import { shells } from '../completion/shells.ts'
import { printJson } from '../print-error.ts'
import type { CommandEntry, CommandModule } from './command.ts'

const help = `
Commands, options and the names that go with them, as this version declares them; run it again after
an update.

Examples:
  $ lethe completion bash >> ~/.bashrc
  $ lethe completion zsh > ~/.zfunc/_lethe
  $ lethe completion fish > ~/.config/fish/completions/lethe.fish`

/** The command that completes some others. */
export const completionOf = (commands: readonly CommandEntry[]): CommandModule => ({
  values: () => ({ shell: [...shells.keys()] }),
  define(command, terminal) {
    command
      .argument('<shell>', `${[...shells.keys()].join(', ')}.`)
      .addHelpText('after', help)
      .action(async (shell: string, { json }: { json?: true }) => {
        const scriptOf = shells.get(shell)
        if (!scriptOf)
          throw new UserError({
            code: 'unknown-shell',
            path: 'lethe completion',
            expected: [...shells.keys()].join(', '),
            got: JSON.stringify(shell),
          })
        const declared = await declaredCommands(commands, terminal)
        if (json) printJson(declared, terminal)
        else terminal.out.write(scriptOf(declared))
      })
  },
})
