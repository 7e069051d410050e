import type { CommanderError } from 'commander'
import type { Problem } from '../error.ts'

const expectations: Record<string, string> = {
  'commander.unknownCommand': 'a command of "lethe --help"',
  'commander.unknownOption': 'an option of this command',
  'commander.missingArgument': 'every required argument',
  'commander.optionMissingArgument': 'a value after the option',
  'commander.missingMandatoryOptionValue': 'every required option',
  'commander.conflictingOption': 'only one of two options',
  'commander.excessArguments': 'no further argument',
}

/** A refused command line as a problem: `expected an option of this command, got unknown option '--jsn'. Did you mean --json?` */
export function usageProblem(error: CommanderError): Problem {
  const message = error.message.replace(/^error: /, '')
  const [, got, suggestion] = /^([^\n]*)(?:\n\((.*)\))?/s.exec(message) ?? [message, message]
  return {
    code: error.code.replace(/^commander\./, '').replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`),
    path: 'lethe',
    expected: expectations[error.code] ?? 'a valid command line',
    got: got.replace(/\.$/, ''),
    hint:
      suggestion ?? 'lethe --help lists the commands, lethe <command> --help the options of one',
  }
}
