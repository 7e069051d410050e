import type { CommandEntry } from './command.ts'

/** Every command, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'Write a commented recipe to start from.',
    load: () => import('./init.ts'),
  },
  {
    name: 'validate',
    summary: 'Check a recipe and name every problem by line and column; loads no model.',
    load: () => import('./validate.ts'),
  },
  {
    name: 'inspect-data',
    summary: 'Show examples as the model sees them, with the trained tokens marked.',
    load: () => import('./inspect-data.ts'),
  },
  {
    name: 'methods',
    summary: 'List the unlearning methods, or explain one.',
    load: () => import('./methods.ts'),
  },
  {
    name: 'doctor',
    summary: 'Show what this machine offers and whether the engine works.',
    load: () => import('./doctor.ts'),
  },
]
