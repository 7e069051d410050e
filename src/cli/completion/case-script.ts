import type { DeclaredCommand, DeclaredOption } from './declared.ts'

/** How a shell of Bourne's kind says what may stand at the cursor; in one line. */
export interface Says {
  words(words: readonly string[]): string
  files: string
  subcommands(subcommands: DeclaredCommand['subcommands']): string
  options(options: readonly DeclaredOption[]): string
}

/**
 * The body of a completion function, in what bash and zsh have in common. It reads `$at`, the words of the command ("benchmark run"),
 * `$previous`, the word before the cursor's, and `$current`.
 */
export function caseScript(commands: readonly DeclaredCommand[], says: Says): string {
  return [
    '  case "$at" in',
    ...commands.flatMap((command) => [
      `    '${command.path.join(' ')}')`,
      ...afterOptions(command, says),
      '      case "$current" in',
      `        -*) ${says.options(command.options)} ;;`,
      `        *) ${atArgument(command, says)} ;;`,
      '      esac ;;',
    ]),
    '  esac',
  ].join('\n')
}

function afterOptions({ options }: DeclaredCommand, says: Says): string[] {
  const taking = options.filter(({ values }) => values !== null)
  if (taking.length === 0) return []
  return [
    '      case "$previous" in',
    ...taking.map(
      ({ flags, values }) =>
        `        ${flags.join('|')}) ${values && values.length > 0 ? says.words(values) : says.files}; return ;;`,
    ),
    '      esac',
  ]
}

function atArgument({ subcommands, values }: DeclaredCommand, says: Says): string {
  const own = values === null ? [] : [values.length > 0 ? says.words(values) : says.files]
  const all = subcommands.length > 0 ? [says.subcommands(subcommands), ...own] : own
  return all.length > 0 ? all.join('; ') : ':'
}

/** A pattern of the commands that have others below them: `'benchmark list'|'benchmark run'`. */
export function nestedPaths(commands: readonly DeclaredCommand[]): string {
  return commands
    .filter(({ path }) => path.length > 1)
    .map(({ path }) => `'${path.join(' ')}'`)
    .join('|')
}
