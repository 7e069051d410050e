import { shellQuoted } from '../shell-quoted.ts'
import { caseScript, nestedPaths } from './case-script.ts'
import type { DeclaredCommand } from './declared.ts'

/** Writes the completion for bash, 3.2 of macOS included: where it says nothing, readline's own completes files. */
export function bashScript(commands: readonly DeclaredCommand[]): string {
  const words = (all: readonly string[]) => `_lethe_words ${shellQuoted(all.join(' '))}`
  return `# Completion of lethe for bash. In ~/.bashrc: eval "$(lethe completion bash)"
_lethe_words() {
  # The last of several names that commas part.
  local head=''
  case "$current" in *,*) head="\${current%,*}," ;; esac
  COMPREPLY=($(compgen -P "$head" -W "$1" -- "\${current##*,}"))
}

_lethe() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" at=''
  COMPREPLY=()
  # --flag=value is three words to bash.
  if [ "$current" = '=' ]; then current=''; elif [ "$previous" = '=' ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  if [ "$COMP_CWORD" -gt 1 ]; then at="\${COMP_WORDS[1]}"; fi
  if [ "$COMP_CWORD" -gt 2 ]; then
    case "$at \${COMP_WORDS[2]}" in ${nestedPaths(commands)}) at="$at \${COMP_WORDS[2]}" ;; esac
  fi
${caseScript(commands, {
  words,
  files: ':',
  subcommands: (all) => words(all.map(({ name }) => name)),
  options: (all) => words(all.flatMap(({ flags }) => flags)),
})}
}

complete -o default -F _lethe lethe
`
}
