import { Command, type Option } from 'commander'
import { jsonOption } from '../arguments.ts'
import type { CommandEntry } from '../commands/command.ts'
import type { Terminal } from '../terminal.ts'

/** A command as a shell completes it. */
export interface DeclaredCommand {
  /** `['benchmark', 'run']`; empty for `lethe` itself */
  readonly path: readonly string[]
  readonly subcommands: readonly { readonly name: string; readonly summary: string }[]
  readonly options: readonly DeclaredOption[]
  /** What its argument may be, where the declaration knows; empty: a file or anything; null: it takes none. */
  readonly values: readonly string[] | null
}

export interface DeclaredOption {
  /** `['-h', '--help']` */
  readonly flags: readonly string[]
  readonly summary: string
  /** What follows it, where the declaration knows; empty: a file or anything; null: nothing. */
  readonly values: readonly string[] | null
}

type Values = Readonly<Record<string, readonly string[]>>

/** Reads all commands, their subcommands, options and values from their own declarations. */
export async function declaredCommands(
  entries: readonly CommandEntry[],
  terminal: Terminal,
): Promise<DeclaredCommand[]> {
  const program = new Command('lethe').option('-V, --version', 'Print the version.')
  const declared: DeclaredCommand[] = []
  for (const { name, summary, load } of entries) {
    const { command: module } = await load()
    const command = program.command(name).summary(summary)
    module.define(
      command,
      terminal,
      () => {},
      () => {},
    )
    command.addOption(jsonOption())
    const values = (await module.values?.()) ?? {}
    declared.push(declare(command, [name], values))
    for (const sub of command.commands) declared.push(declare(sub, [name, sub.name()], values))
  }
  const values = entries.map(({ name }) => name)
  const help: DeclaredCommand = { path: ['help'], subcommands: [], options: [], values }
  program.command('help').summary('Print the help of a command.')
  return [declare(program, [], {}), ...declared, help]
}

function declare(command: Command, path: readonly string[], values: Values): DeclaredCommand {
  const { registeredArguments } = command
  const named = registeredArguments.find((argument) => values[argument.name()])
  const parents = path.length > 1 && command.parent ? command.parent.options : []
  const help: DeclaredOption = {
    flags: ['-h', '--help'],
    summary: 'Print this help.',
    values: null,
  }
  return {
    path,
    subcommands: command.commands.map((sub) => {
      return { name: sub.name(), summary: sub.summary() || sub.description() }
    }),
    options: [
      ...[...command.options, ...parents].map((option) => declareOption(option, values)),
      help,
    ],
    values: registeredArguments.length === 0 ? null : named ? values[named.name()] : [],
  }
}

function declareOption(option: Option, values: Values): DeclaredOption {
  const { short, long, description } = option
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    summary: description,
    values: option.isBoolean() ? null : (values[long ?? ''] ?? []),
  }
}
