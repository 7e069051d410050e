import { readFile } from 'node:fs/promises'
import { readAnyRecipe } from '../recipe/read.ts'
import { openRunFolder, readEvents } from '../run/index.ts'
import type { CommandModule } from './command.ts'

const help = `
A resumed run ends with exactly the weights it would have had without the interruption.

Examples:
  $ lethe resume runs/takedown`

export const command: CommandModule = {
  define(command, terminal, exit) {
    command
      .argument('<run>', 'A run folder.')
      .addHelpText('after', help)
      .action(async (path: string, flags: { json?: true }) => {
        const { cwd, env } = terminal
        const folder = openRunFolder(path)
        const last = readEvents(folder.events).at(-1)
        if (last?.type === 'run.finished') {
          terminal.err.write(`${path} is finished already; nothing to do\n`)
          return
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
            json: flags.json ?? false,
          }),
        )
      })
  },
}
