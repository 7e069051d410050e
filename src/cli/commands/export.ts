import { UserError } from '../../error.ts'
import type { GgufType } from '../../gguf/export-gguf.ts'
import { exitCode } from '../exit-code.ts'
import { performing } from '../performing.ts'
import { printJson } from '../print-error.ts'
import { shownPath } from '../shown-path.ts'
import type { Terminal } from '../terminal.ts'
import type { CommandModule } from './command.ts'

const help = `
Of a run that a guard stopped, the state from before the trouble; else the latest. The model is written
to the run folder's exported/, measured, and shown in the report.
With --gguf: a file for llama.cpp, Ollama and the like, of the run's model (or the state that --state
names) or of any model folder. It is read back and asked what the run asked its model, and the report
shows both.

Examples:
  $ lethe export runs/takedown
  $ lethe export runs/takedown --state step-000120
  $ lethe export runs/takedown --gguf q8_0
  $ lethe export ./my-model --gguf f16 --output my-model.gguf`

const types: readonly GgufType[] = ['f16', 'q8_0']

interface Flags {
  state?: string
  gguf?: string
  output?: string
  replace?: true
  json?: true
}

export const command: CommandModule = {
  values: () => ({ '--gguf': types, '--state': ['last-good', 'latest'] }),
  define(command, terminal, exit, next) {
    command
      .argument('<run>', 'The folder of an unlearning run; with --gguf, of any model.')
      .option('--state <name>', 'last-good, latest, or step-… of state/.')
      .option('--gguf <type>', `Write a GGUF file, its matrices as ${types.join(' or ')}.`)
      .option('--output <file>', "With --gguf: where it goes; the run's gguf/ unless given.")
      .option('--replace', 'With --gguf: replace the file that is there.')
      .addHelpText('after', help)
      .action(async (path: string, flags: Flags) => {
        const done = flags.gguf === undefined ? exportFolder : exportFile
        const written = await done(path, flags, terminal)
        if (written === null) exit(exitCode.interrupted)
        else next(['chat', shownPath(written, terminal.cwd)])
      })
  },
}

/** Where the model is; null where it was stopped. */
async function exportFolder(
  path: string,
  flags: Flags,
  terminal: Terminal,
): Promise<string | null> {
  const { performExport } = await import('../../job/export-job.ts')
  const state = flags.state ?? 'last-good'
  const exported = await performing(terminal, {}, (job) => performExport(path, state, job))
  if (!exported) return null
  if (flags.json) printJson({ ok: true, ...exported }, terminal)
  else terminal.out.write(`model  ${exported.model}\n`)
  return exported.model
}

async function exportFile(path: string, flags: Flags, terminal: Terminal): Promise<string | null> {
  const { performExport } = await import('../../job/export-job.ts')
  const { performGgufExport } = await import('../../job/export-gguf-job.ts')
  const { ggufLines } = await import('../gguf-lines.ts')
  const type = types.find((each) => each === flags.gguf)
  if (!type)
    throw new UserError({
      code: 'unknown-type',
      path: '--gguf',
      expected: types.join(', '),
      got: String(flags.gguf),
    })
  const outcome = await performing(terminal, {}, async (job) => {
    const exported = flags.state ? await performExport(path, flags.state, job) : null
    if (flags.state && !exported) return null
    const options = { type, output: flags.output ?? null, replace: flags.replace ?? false }
    return performGgufExport(exported?.model ?? path, options, job)
  })
  if (!outcome) return null
  const { stopped, ...written } = outcome
  if (flags.json) printJson({ ok: !stopped, ...written }, terminal)
  else terminal.out.write(ggufLines(outcome))
  return stopped ? null : written.path
}
