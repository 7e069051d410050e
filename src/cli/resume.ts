import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readStagesFile } from '../job/stages-file.ts'
import { readAnyRecipe } from '../recipe/read.ts'
import { readEvents } from '../run/event-log.ts'
import { evaluationIsOpen } from '../run/run-evaluation.ts'
import { openRunFolder } from '../run/run-folder.ts'
import type { CommandModule } from './command.ts'

const help = `
A resumed run ends with exactly the weights it would have had without the interruption.
Stages go on as they were begun, whatever their recipe says by now.

Examples:
  $ lethe resume runs/takedown`

export const command: CommandModule = {
  define(command, terminal, exit) {
    command
      .argument('<run>', 'A run folder, or the output of a recipe of stages.')
      .addHelpText('after', help)
      .action(async (path: string, flags: { json?: true }) => {
        const { cwd, env } = terminal
        const { json = false } = flags
        const staged = await readStagesFile(resolve(cwd, path))
        if (staged) {
          const { resumeStages } = await import('./resume-stages.ts')
          return exit(await resumeStages(path, staged, { json, terminal }))
        }
        const folder = openRunFolder(path)
        const last = readEvents(folder.events).at(-1)
        if (last?.type === 'run.finished' && !(await evaluationIsOpen(folder, cwd))) {
          terminal.err.write(`${path} is finished already; nothing to do\n`)
          return undefined
        }
        const loaded = await readAnyRecipe(folder.recipe, { cwd, env })
        const { execute } = await import('./execute.ts')
        exit(
          await execute({
            loaded,
            recipeText: await readFile(folder.recipe, 'utf8'),
            folder,
            resume: true,
            terminal,
            json,
          }),
        )
        return undefined
      })
  },
}
