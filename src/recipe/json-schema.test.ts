import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { methods } from '../method/methods.ts'
import { optimizers } from '../parts/optim/optimizers.ts'
import { recipeJsonSchemas } from './json-schema.ts'

interface Json {
  description?: string
  $ref?: string
  $defs?: Record<string, Json>
  anyOf?: Json[]
  oneOf?: Json[]
  enum?: string[]
  properties: Record<string, Json>
  additionalProperties?: unknown
}

const schemas = recipeJsonSchemas() as unknown as Record<
  'recipe' | 'pretrain' | 'stages' | 'benchmark',
  Json
>

/** As an editor reads them: files of one folder, whose references are relative to the file that they stand in. */
const folder = 'file:///schema/'
const validator = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats: { uri: true },
})
for (const name of Object.keys(schemas)) {
  const file = new URL(`../../schema/${name}.json`, import.meta.url)
  validator.addSchema(JSON.parse(readFileSync(file, 'utf8')), `${folder}${name}.json`)
}

function problemsOf(name: string, recipe: unknown): string[] {
  const validate = validator.getSchema(`${folder}${name}.json`)!
  validate(recipe)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const recipes = new URL('../../recipes/', import.meta.url)
const shipped = readdirSync(recipes).map((file): [string, string, string] => {
  const text = readFileSync(new URL(file, recipes), 'utf8')
  return [file, /\$schema=\.\.\/schema\/(\w+)\.json/.exec(text)?.[1] ?? 'none', text]
})

test.each(shipped)(
  'recipes/%s is valid by schema/%s.json, and not with a wrong key beside',
  (_, name, text) => {
    const recipe = parse(text)
    expect(problemsOf(name, recipe)).toEqual([])
    expect(problemsOf(name, { ...recipe, modle: 'x' })).not.toEqual([])
  },
)

test('mistakes are found behind references, too', () => {
  const { forget, stages, ...rest } = parse(
    readFileSync(new URL('semeval-ails-ntua.yaml', recipes), 'utf8'),
  )
  expect(problemsOf('stages', { ...rest, forget, stages })).toEqual([])
  expect(problemsOf('stages', { ...rest, forget: { ...forget, limit: 'x' }, stages })).not.toEqual(
    [],
  )
  const [stage] = stages
  for (const wrong of [
    { method: { id: 'blurr' } },
    { train: { optimizer: { id: 'lion', beta3: 1 } } },
  ])
    expect(problemsOf('stages', { ...rest, forget, stages: [{ ...stage, ...wrong }] })).not.toEqual(
      [],
    )
})

test('nothing of any size is written twice, and a file refers to itself or to one beside it', () => {
  expect(JSON.stringify(schemas.stages, null, 2).split('\n').length).toBeLessThan(400)
  for (const schema of Object.values(schemas))
    for (const [, target] of JSON.stringify(schema).matchAll(/"\$ref":"([^"]*)"/g))
      expect(target).toMatch(/^#\/\$defs\/\w+$|^recipe\.json#\/properties\/\$?\w+$/)
})

test('every key has a description, and no mapping takes unknown keys', () => {
  const silent: string[] = []
  const open: string[] = []
  const visit = (json: Json, path: string): void => {
    for (const option of [...(json.anyOf ?? []), ...(json.oneOf ?? [])]) visit(option, path)
    if (json.properties === undefined) return
    if (json.additionalProperties !== false) open.push(path)
    for (const [key, child] of Object.entries(json.properties)) {
      if (!child.description) silent.push(`${path}.${key}`)
      visit(child, `${path}.${key}`)
    }
  }
  for (const name of ['recipe', 'pretrain'] as const) {
    visit(schemas[name], name)
    for (const [key, part] of Object.entries(schemas[name].$defs ?? {}))
      visit(part, `${name} ${key}`)
  }
  expect(silent).toEqual([])
  expect(open).toEqual([])
})

test('a method or an optimiser may be a bare name', () => {
  const { method, train } = schemas.recipe.properties
  expect(method.anyOf?.[0].enum).toEqual([...methods.keys()])
  expect(train.properties.optimizer.anyOf?.[0].enum).toEqual([...optimizers.keys()])
})
