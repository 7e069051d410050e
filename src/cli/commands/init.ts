import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { UserError } from '../../error.ts'
import { withFileErrors } from '../../files/file-error.ts'
import { packageRoot } from '../../files/package.ts'
import { methods } from '../../method/methods.ts'
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
  values: () => ({ '--method': [...methods.keys()] }),
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
          model: inRecipe(options.model, path),
          forget: inRecipe(options.forget, path),
          method: method?.id ?? null,
          retain: retain === null ? null : inRecipe(retain, path),
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

/**
 * Where an editor finds the JSON Schema: relative to the recipe, where the package is the recipe's own project or is installed in it.
 * A place elsewhere on this machine would mean nothing on another: null.
 */
function schemaPath(recipe: string): string | null {
  const root = packageRoot()
  const [project] = root.split(`${sep}node_modules${sep}`)
  return isWithin(project, recipe) ? relativeTo(recipe, join(root, 'schema', 'recipe.json')) : null
}

/** A file as a recipe says it: relative to the current folder as it was given, else to the recipe. */
function inRecipe(file: string, recipe: string): string {
  return isAbsolute(file) ? relativeTo(recipe, file) : file
}

function relativeTo(recipe: string, file: string): string {
  return relative(dirname(recipe), file).replaceAll(sep, '/')
}

function isWithin(folder: string, file: string): boolean {
  const way = relative(folder, file)
  return !way.startsWith('..') && !isAbsolute(way)
}
