import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseSource } from './document.ts'
import { editKind } from './edit-recipe.ts'
import { kindOf, loadPretrainRecipe, loadRecipe } from './load.ts'
import { examine } from './resolve.ts'
import { parseStages } from './staged.ts'

const folder = new URL('../../recipes/', import.meta.url).pathname
const recipes = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

/** Each run of a recipe of stages is a recipe, and so is each edit. */
function loadStages(text: string, file: string) {
  for (const stage of parseStages(parseSource(text, file)).stages)
    if (stage.kind === 'unlearn')
      loadRecipe(JSON.stringify({ ...(stage.document.value as object), model: 'm' }), 'r.json')
    else if (stage.kind === 'edit') {
      const value = { ...(stage.document.value as object), output: 'o' }
      expect(examine(editKind, { ...stage.document, value }).problems).toEqual([])
    }
}

test.each(recipes)('recipes/%s is right, and says its schema and its command', (file) => {
  const text = readFileSync(folder + file, 'utf8')
  const kind = kindOf(parseSource(text, file).value)
  if (kind === 'pretrain') loadPretrainRecipe(text, file)
  else if (kind === 'stages') loadStages(text, file)
  else loadRecipe(text, file)
  const [schema, command] = text.split('\n')
  expect(command).toContain(`lethe ${kind === 'pretrain' ? 'pretrain' : 'run'} recipes/${file}`)
  const path = /^# yaml-language-server: \$schema=(\S+)$/.exec(schema)?.[1] ?? ''
  expect(path).toMatch(
    { pretrain: /pretrain\.json$/, stages: /stages\.json$/, unlearn: /recipe\.json$/ }[kind],
  )
  expect(existsSync(resolve(dirname(folder + file), path))).toBe(true)
})
