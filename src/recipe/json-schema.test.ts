import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { methods } from '../method/methods.ts'
import { optimizers } from '../parts/optim/optimizers.ts'
import { recipeJsonSchemas } from './json-schema.ts'

interface Json {
  description?: string
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

test.each(['recipe', 'pretrain', 'stages', 'benchmark'] as const)(
  'schema/%s.json is up to date',
  (name) => {
    const file = readFileSync(new URL(`../../schema/${name}.json`, import.meta.url), 'utf8')
    // If it is not: npm run build, then node dist/src/recipe/write-json-schema.js
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(schemas[name])))
  },
)

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
  visit(schemas.recipe, 'recipe')
  visit(schemas.pretrain, 'pretrain')
  expect(silent).toEqual([])
  expect(open).toEqual([])
})

test('a method or an optimiser may be a bare name', () => {
  const { method, train } = schemas.recipe.properties
  expect(method.anyOf?.[0].enum).toEqual([...methods.keys()])
  expect(train.properties.optimizer.anyOf?.[0].enum).toEqual([...optimizers.keys()])
})
