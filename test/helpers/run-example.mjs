import { register } from 'node:module'
import { pathToFileURL } from 'node:url'

// Types are taken away as they are of a plugin, so that every Node runs an example as it stands.
register('../../dist/src/recipe/plugin-hooks.js', import.meta.url)
const [node, , example, ...rest] = process.argv
process.argv = [node, example, ...rest]
await import(pathToFileURL(example).href)
