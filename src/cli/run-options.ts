import { type Command, Option } from 'commander'
import { beginRun } from '../job/begin-run.ts'
import type { Resolved } from '../recipe/examine-recipe.ts'
import type { RunOutcome } from '../run/run-training.ts'
import { pluginOption, setOption } from './arguments.ts'
import { performing } from './performing.ts'
import type { Terminal } from './terminal.ts'

/** Options of the commands that perform a recipe in a new folder. */
export interface RunFlags {
  readonly set: string[]
  readonly plugin: string[]
  readonly replace?: true
  readonly probes?: true
  readonly json?: true
}

/** Declares them. */
export function addRunOptions(command: Command): Command {
  return command
    .addOption(setOption('Set a value of the recipe'))
    .addOption(pluginOption())
    .option('--replace', 'Delete the run that is in the output folder.')
    .addOption(probesOption())
}

/** `--probes`, of every command that shows a run as it goes. */
export function probesOption(): Option {
  return new Option('--probes', 'Say each probe, look and saved state on the way.')
}

/** Begins the run of a recipe, performs it, and says how it ended. `header`: the command that asked for it. */
export async function beginAndPerform(
  loaded: Resolved<{ output: string }>,
  header: string,
  flags: Pick<RunFlags, 'replace' | 'probes' | 'json'>,
  terminal: Terminal,
): Promise<RunOutcome> {
  const folder = await beginRun(loaded, {
    cwd: terminal.cwd,
    header,
    replace: flags.replace === true,
  })
  // Before what a run needs is loaded, which takes its time.
  terminal.err.write(`run folder ${loaded.recipe.output}\n`)
  const { performRun } = await import('../job/run-job.ts')
  return performing(terminal, flags, (job) => performRun(folder, job))
}
