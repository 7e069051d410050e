/** `npm run generate`: writes every file that is made of others, and says which changed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { outputs } from './outputs.ts'

const all = outputs('.')
const changed = [...all].filter(
  ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
)
for (const [path, text] of changed) {
  writeFileSync(path, text)
  console.log(path)
}
console.log(`${changed.length} of ${all.size} files changed`)
