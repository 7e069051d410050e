import { exitCode } from '../exit-code.ts'
import { performing } from '../performing.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Of a run that a guard stopped, the state from before the trouble; else the latest. The model is written
to the run folder's exported/, measured, and shown in the report.

Examples:
  $ lethe export runs/takedown
  $ lethe export runs/takedown --state step-000120`

export const command: CommandModule = {
  define(command, terminal, exit) {
    command
      .argument('<run>', 'The folder of an unlearning run.')
      .option('--state <name>', 'last-good, latest, or step-… of state/.', 'last-good')
      .addHelpText('after', help)
      .action(async (path: string, { state, json }: { state: string; json?: true }) => {
        const { performExport } = await import('../../job/export-job.ts')
        const exported = await performing(terminal, {}, (job) => performExport(path, state, job))
        if (!exported) return exit(exitCode.interrupted)
        if (json) printJson({ ok: true, ...exported }, terminal)
        else terminal.out.write(`model  ${exported.model}\n`)
      })
  },
}
