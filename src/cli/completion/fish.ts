import type { DeclaredCommand, DeclaredOption } from './declared.ts'

/** Writes the completion for fish. */
export function fishScript(commands: readonly DeclaredCommand[]): string {
  return `# Completion of lethe for fish: lethe completion fish > ~/.config/fish/completions/lethe.fish
function __lethe_at
    set -l words (commandline -opc)
    for word in $argv
        set -e words[1]
        test "$words[1]" = $word; or return 1
    end
end

function __lethe_just_at
    test (count (commandline -opc)) -eq (math (count $argv) + 1); and __lethe_at $argv
end

${commands.flatMap(linesOf).join('\n')}
`
}

function linesOf({ path, subcommands, options, values }: DeclaredCommand): string[] {
  const at = ['__lethe_at', ...path].join(' ')
  const justAt = ['__lethe_just_at', ...path].join(' ')
  return [
    ...subcommands.map(
      ({ name, summary }) =>
        `complete -c lethe -f -n '${justAt}' -a ${quoted(name)} -d ${quoted(summary)}`,
    ),
    ...(values?.length ? [`complete -c lethe -n '${at}' -a ${quoted(values.join(' '))}`] : []),
    ...options.map((option) => optionLine(option, path.length === 0 ? justAt : at)),
  ]
}

function optionLine({ flags, summary, values }: DeclaredOption, at: string): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  )
  const value =
    values === null ? [] : values.length > 0 ? ['-x', '-a', quoted(values.join(' '))] : ['-r']
  return ['complete -c lethe', `-n '${at}'`, ...names, ...value, '-d', quoted(summary)].join(' ')
}

/** A text in single quotes, in which fish knows \\\\ and \\'. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
