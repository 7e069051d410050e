import { shellQuoted } from '../shell-quoted.ts'
import { caseScript, nestedPaths } from './case-script.ts'
import type { DeclaredCommand } from './declared.ts'

/** Writes the completion for zsh, to be sourced or to lie in a folder of fpath as `_lethe`. */
export function zshScript(commands: readonly DeclaredCommand[]): string {
  const described = (tag: string, entries: readonly (readonly [string, string])[]) => {
    const each = entries.map(([name, summary]) =>
      shellQuoted(`${name}:${summary.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}`),
    )
    return `all=(${each.join(' ')}); _describe ${tag} all`
  }
  return `#compdef lethe
# Completion of lethe for zsh. In ~/.zshrc, after compinit: source <(lethe completion zsh)
_lethe() {
  local current="$words[CURRENT]" previous="$words[CURRENT-1]" at=''
  local -a all
  if (( CURRENT > 2 )); then at="$words[2]"; fi
  if (( CURRENT > 3 )); then
    case "$at $words[3]" in ${nestedPaths(commands)}) at="$at $words[3]" ;; esac
  fi
${caseScript(commands, {
  words: (all) => `compset -P '*,'; compadd -- ${all.map(shellQuoted).join(' ')}`,
  files: '_files',
  subcommands: (all) =>
    described(
      'command',
      all.map(({ name, summary }) => [name, summary]),
    ),
  options: (all) =>
    described(
      'option',
      all.flatMap(({ flags, summary }) => flags.map((flag) => [flag, summary] as const)),
    ),
})}
}

if [ "$funcstack[1]" = _lethe ]; then _lethe "$@"; else compdef _lethe lethe; fi
`
}
