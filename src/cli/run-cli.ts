import { Command, CommanderError } from 'commander'
import { UserError } from '../error.ts'
import { DiskFullError } from '../files/disk-error.ts'
import { isFullDisk, systemRefusal } from '../files/file-error.ts'
import { packageVersion } from '../files/package.ts'
import { jsonOption } from './arguments.ts'
import type { CommandEntry } from './commands/command.ts'
import { commands as allCommands } from './commands/commands.ts'
import { exitCode } from './exit-code.ts'
import { isForPeople, type Next, nextText } from './next.ts'
import { printFailure, printInternalError, printProblems } from './print-error.ts'
import type { Terminal } from './terminal.ts'
import { usageProblem } from './usage-problem.ts'

const overview = `
Progress goes to stderr, results to stdout; --json gives them, and errors, as JSON.
Exit codes: 0 done (also with warnings), 1 failed, 2 your input, 3 goal or gate not met, 4 stopped or
found broken by a guard, 130 interrupted.

Examples:
  $ lethe init takedown.yaml --model ./my-model --forget forget.jsonl --retain retain.jsonl
  $ lethe validate takedown.yaml
  $ lethe <command> --help`

/**
 * Runs one command line and returns its exit code. Only the called command's file is loaded, so that a command
 * that needs no model answers at once.
 */
export async function runCli(
  argv: readonly string[],
  terminal: Terminal,
  commands: readonly CommandEntry[] = allCommands,
): Promise<number> {
  const json = argv.includes('--json')
  let code: number = exitCode.finished
  let after: readonly (readonly string[])[] = []
  try {
    const program = await build(argv, terminal, commands, {
      exit: (returned) => {
        code = returned
      },
      next: (...proposed) => {
        after = proposed
      },
    })
    await program.parseAsync(argv.length > 0 ? argv : ['--help'], { from: 'user' })
    if (isForPeople(terminal, json)) terminal.err.write(nextText(after))
    return code
  } catch (thrown) {
    const error = systemRefusal(thrown)
    if (error instanceof CommanderError && error.exitCode === 0) return exitCode.finished
    if (error instanceof CommanderError) {
      printProblems([usageProblem(error)], terminal, json, exitCode.refused)
      return exitCode.refused
    }
    if (error instanceof UserError) {
      const ends = isFullDisk(error) ? exitCode.failed : exitCode.refused
      printProblems(error.problems, terminal, json, ends)
      return ends
    }
    if (error instanceof DiskFullError) printFailure(error, terminal, json)
    else printInternalError(error, terminal, json)
    return exitCode.failed
  }
}

async function build(
  argv: readonly string[],
  terminal: Terminal,
  commands: readonly CommandEntry[],
  ends: { readonly exit: (code: number) => void; readonly next: Next },
): Promise<Command> {
  const program = new Command('lethe')
    .description('Make a language model forget, and show that it did.')
    .version(packageVersion(), '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand('help [command]', 'Print the help of a command.')
    .addHelpText('after', overview)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      // Usage errors are printed by `printProblems`, as every other error is.
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(terminal.out.columns ?? 100, 100),
      getOutHasColors: () => false,
    })
  const words = argv.filter((word) => !word.startsWith('-'))
  const called = words[0] === 'help' ? words[1] : words[0]
  for (const entry of commands) {
    const command = program.command(entry.name).summary(entry.summary).description(entry.summary)
    if (entry.name !== called) continue
    command.helpOption('-h, --help', 'Print this help.')
    ;(await entry.load()).command.define(command, terminal, ends.exit, ends.next)
    command.addOption(jsonOption())
  }
  return program
}
