import { shellQuoted } from './shell-quoted.ts'
import type { Terminal } from './terminal.ts'

/** Takes the commands that make sense after one, each as its words behind `lethe`. */
export type Next = (...commands: readonly (readonly string[])[]) => void

/** What stands in a shell as it is; a star is meant as one. */
const plain = /^[\w@%+=:,./~*-]+$/

/** `next: lethe plan takedown.yaml`, below it the second. */
export function nextText(commands: readonly (readonly string[])[]): string {
  return commands
    .map((words, i) => {
      const quoted = words.map((word) => (plain.test(word) ? word : shellQuoted(word)))
      return `${i === 0 ? 'next:' : '     '} lethe ${quoted.join(' ')}\n`
    })
    .join('')
}

/** Where nobody looks on, or a program reads, nothing is said. */
export function isForPeople({ out }: Terminal, json: boolean): boolean {
  return out.isTTY === true && !json
}
