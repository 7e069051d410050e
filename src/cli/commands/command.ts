import type { Command } from 'commander'
import type { Next } from '../next.ts'
import type { Terminal } from '../terminal.ts'

/** What a command file exports as `command`: its arguments and options, and what it does. */
export interface CommandModule {
  /** The names that go with an option (`--method`) or an argument (`id`), for shells; what is not here takes files or anything. */
  values?():
    | Readonly<Record<string, readonly string[]>>
    | Promise<Readonly<Record<string, readonly string[]>>>
  /**
   * Declares arguments, options, help text and the action on `command`; every command gets `--json` by itself.
   * The action throws UserError for bad input, calls `exit` if the exit code is not 0, and `next` with what a person may do then.
   */
  define(command: Command, terminal: Terminal, exit: (code: number) => void, next: Next): void
}

/** One line of the table of commands; the file is loaded only when its command is called. */
export interface CommandEntry {
  name: string
  summary: string
  load(): Promise<{ command: CommandModule }>
}
