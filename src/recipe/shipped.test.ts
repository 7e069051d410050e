import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseSource } from './document.ts'
import { kindOf, loadPretrainRecipe, loadRecipe } from './load.ts'

const folder = new URL('../../recipes/', import.meta.url).pathname
const recipes = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

test.each(recipes)('recipes/%s is right, and says its schema and its command', (file) => {
  const text = readFileSync(folder + file, 'utf8')
  const kind = kindOf(parseSource(text, file).value)
  if (kind === 'pretrain') loadPretrainRecipe(text, file)
  else loadRecipe(text, file)
  const [schema, command] = text.split('\n')
  expect(command).toContain(`lethe ${kind === 'pretrain' ? 'pretrain' : 'run'} recipes/${file}`)
  const path = /^# yaml-language-server: \$schema=(\S+)$/.exec(schema)?.[1] ?? ''
  expect(path).toMatch(kind === 'pretrain' ? /pretrain\.json$/ : /recipe\.json$/)
  expect(existsSync(resolve(dirname(folder + file), path))).toBe(true)
})
