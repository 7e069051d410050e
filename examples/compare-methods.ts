// Two methods beside each other: node compare-methods.ts <recipe.yaml> <folder>
import { compare, run } from 'lethe'

const [recipe, folder] = process.argv.slice(2)
const folders: string[] = []
for (const method of ['npo', 'grad-diff']) {
  const set = [`method=${method}`]
  folders.push((await run(recipe, { folder: `${folder}/${method}`, set, replace: true })).folder)
}
for (const { name, values } of compare(folders).rows)
  console.log(name, values['forget.rougeL']?.mean)
