/** Writes schema/*.json: `node dist/src/recipe/write-json-schema.js`. */
import { writeFileSync } from 'node:fs'
import { recipeJsonSchemas } from './json-schema.ts'

for (const [name, schema] of Object.entries(recipeJsonSchemas()))
  writeFileSync(`schema/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`)
