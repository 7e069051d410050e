import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UserError } from '../../error.ts'
import { withFileErrors } from '../../files/file-error.ts'
import { packageRoot } from '../../files/package.ts'
import { automaticData } from '../../recipe/section/data-section.ts'
import { recipeTemplate } from '../../recipe/section/template.ts'
import { findMethod } from '../find-method.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Examples:
  $ lethe init
  $ lethe init takedown.yaml --model ./my-model --forget forget.jsonl --retain retain.jsonl
  $ lethe init takedown.yaml --method grad-diff --force`

interface Options {
  model: string
  forget: string
  retain?: string
  method?: string
  force?: true
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, _, next) {
    command
      .argument('[file]', 'Where to write it.', 'recipe.yaml')
      .option('--model <folder>', 'Model to start from.', './my-model')
      .option('--forget <file>', 'What is to be forgotten.', 'forget.jsonl')
      .option('--retain <file>', 'What is to be kept; without it the starting model’s own answers.')
      .option(
        '--method <id>',
        'Unlearning method, in place of the goal’s own; lethe methods lists them.',
      )
      .option('--force', 'Overwrite the file.')
      .addHelpText('after', help)
      .action((file: string, { force, json, ...options }: Options) => {
        const method = options.method ? findMethod(options.method, 'lethe init --method') : null
        const needsRetain = method === null || method.losses.retain !== null
        const retain = options.retain ?? (needsRetain ? automaticData : null)
        const path = resolve(terminal.cwd, file)
        if (existsSync(path) && !force)
          throw new UserError({
            code: 'file-exists',
            path: file,
            expected: 'a new file',
            got: 'one that exists',
            hint: 'Choose another name, or give --force to overwrite it',
          })
        const text = recipeTemplate({
          ...options,
          method: method?.id ?? null,
          retain,
          file,
          schema: schemaPath(path),
        })
        withFileErrors(file, () => {
          mkdirSync(dirname(path), { recursive: true })
          writeFileSync(path, text)
        })
        if (json) printJson({ ok: true, file }, terminal)
        else terminal.out.write(`wrote ${file}\n`)
        next(['validate', file], ['run', file])
      })
  },
}

/** Where an editor finds the JSON Schema: a relative path where the package lies with the recipe, else a URL. */
function schemaPath(recipe: string): string {
  const schema = join(packageRoot(), 'schema', 'recipe.json')
  const path = relative(dirname(recipe), schema)
  const together = !path.startsWith('..') || !relative(packageRoot(), recipe).startsWith('..')
  return together ? path : pathToFileURL(schema).href
}
