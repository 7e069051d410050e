import type { CommandEntry } from './command.ts'

/** Every command, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'Make the shipped model forget ten invented people, and show it.',
    load: () => import('./demo.ts'),
  },
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
    name: 'plan',
    summary: 'Say what a run will take: steps, memory by part, disk, time.',
    load: () => import('./plan.ts'),
  },
  {
    name: 'run',
    summary: 'Unlearn: measure, train, export, measure again, report.',
    load: () => import('./run.ts'),
  },
  {
    name: 'resume',
    summary: 'Go on with an interrupted run, exactly where it stopped.',
    load: () => import('./resume.ts'),
  },
  {
    name: 'export',
    summary: 'Write the model of a saved state: the last good one of a run that a guard stopped.',
    load: () => import('./export.ts'),
  },
  {
    name: 'eval',
    summary: 'Measure a model folder: on a benchmark, or on a forget and a retain set.',
    load: () => import('./eval.ts'),
  },
  {
    name: 'benchmark',
    summary: 'Prepare reference models, run and rank methods on a benchmark.',
    load: () => import('./benchmark.ts'),
  },
  {
    name: 'repro',
    summary: 'Make a row of a leaderboard again, and say whether it comes out the same.',
    load: () => import('./repro.ts'),
  },
  {
    name: 'sweep',
    summary: 'Run a recipe over a grid of settings and seeds, one folder each; resumable.',
    load: () => import('./sweep.ts'),
  },
  {
    name: 'tune',
    summary: 'Compare methods at their best, at equal forgetting.',
    load: () => import('./tune.ts'),
  },
  {
    name: 'compare',
    summary: 'Compare runs: what differs, metrics over seeds, the Pareto front.',
    load: () => import('./compare.ts'),
  },
  {
    name: 'studio',
    summary: 'Open a local page over the run folders: live runs, reports, comparisons.',
    load: () => import('./studio.ts'),
  },
  {
    name: 'chat',
    summary: 'Talk to a model folder.',
    load: () => import('./chat.ts'),
  },
  {
    name: 'merge',
    summary: 'Make one model of several that were trained from the same one.',
    load: () => import('./merge.ts'),
  },
  {
    name: 'push',
    summary: 'Upload a model and its card to the Hugging Face hub.',
    load: () => import('./push.ts'),
  },
  {
    name: 'alternates',
    summary: 'Sample other answers from a model, as pairs for method alt-po.',
    load: () => import('./alternates.ts'),
  },
  {
    name: 'trace',
    summary: 'Find the layers through which a model gets from a question to its answer.',
    load: () => import('./trace.ts'),
  },
  {
    name: 'import',
    summary: 'Make a Hugging Face folder of a GGUF file.',
    load: () => import('./import.ts'),
  },
  {
    name: 'pretrain',
    summary: 'Train a model on texts, from scratch or further.',
    load: () => import('./pretrain.ts'),
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
    name: 'completion',
    summary: 'Print what a shell needs to complete commands, options and names.',
    load: async () => {
      const { completionOf } = await import('./completion.ts')
      return { command: completionOf(commands) }
    },
  },
  {
    name: 'doctor',
    summary: 'Show what this machine offers and whether the engine works.',
    load: () => import('./doctor.ts'),
  },
]
