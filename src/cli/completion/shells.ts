import { bashScript } from './bash.ts'
import type { DeclaredCommand } from './declared.ts'
import { fishScript } from './fish.ts'
import { zshScript } from './zsh.ts'

/** The shells that lethe writes a completion for, by name. */
export const shells: ReadonlyMap<string, (commands: readonly DeclaredCommand[]) => string> =
  new Map([
    ['bash', bashScript],
    ['zsh', zshScript],
    ['fish', fishScript],
  ])
