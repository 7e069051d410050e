import type { Command } from 'commander'
import type { CommandEntry } from '../commands/command.ts'
import { commands } from '../commands/commands.ts'
import { runCli } from '../run-cli.ts'

/** The real commands, with their arguments and options, that do nothing. */
const idle = commands.map((entry): CommandEntry => {
  const disarm = (command: Command): void => {
    command.action(() => {})
    for (const sub of command.commands) disarm(sub)
  }
  return {
    ...entry,
    load: async () => {
      const { command: real } = await entry.load()
      return {
        command: {
          define(command, ...rest) {
            real.define(command, ...rest)
            disarm(command)
          },
        },
      }
    },
  }
})

/** Why the command line does not understand some words; empty where it does. */
export async function misunderstood(words: readonly string[]): Promise<string> {
  let err = ''
  const write = (text: string) => (err += text)
  const terminal = { out: { write: () => {} }, err: { write }, cwd: process.cwd(), env: {} }
  return (await runCli(words, terminal, idle)) === 0 ? '' : err
}
