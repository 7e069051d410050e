import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseSource } from './document.ts'
import { editKind } from './edit-recipe.ts'
import { examine } from './examine-recipe.ts'
import { kindOf, loadPretrainRecipe, loadRecipe } from './load.ts'
import { parseBenchmark } from './read-benchmark.ts'
import { builtInRegistry } from './registry.ts'
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
      expect(examine(editKind(builtInRegistry), { ...stage.document, value }).problems).toEqual([])
    }
}

test.each(recipes)('recipes/%s is right, and says its schema and its command', (file) => {
  const text = readFileSync(folder + file, 'utf8')
  const value = parseSource(text, file).value
  const kind = 'metrics' in (value as object) ? 'benchmark' : kindOf(value)
  if (kind === 'pretrain') loadPretrainRecipe(text, file)
  else if (kind === 'stages') loadStages(text, file)
  else if (kind === 'benchmark') parseBenchmark(text, file)
  else loadRecipe(text, file)
  const [schema, command] = text.split('\n')
  const verb = { pretrain: 'pretrain', stages: 'run', unlearn: 'run', benchmark: 'eval' }[kind]
  expect(command).toMatch(new RegExp(`lethe ${verb} .*recipes/${file}`))
  const path = /^# yaml-language-server: \$schema=(\S+)$/.exec(schema)?.[1] ?? ''
  expect(path).toMatch(
    {
      pretrain: /pretrain\.json$/,
      stages: /stages\.json$/,
      unlearn: /recipe\.json$/,
      benchmark: /benchmark\.json$/,
    }[kind],
  )
  expect(existsSync(resolve(dirname(folder + file), path))).toBe(true)
})
