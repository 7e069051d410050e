import { type Checkpoint, openCheckpoint } from '../checkpoint/folder.ts'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { openTokenizer } from '../checkpoint/tokenizer.ts'
import { writeModelFolder } from '../checkpoint/write-folder.ts'
import { type Problem, UserError } from '../error.ts'
import { registryOf } from '../recipe/plugins.ts'
import type { PluginSettings } from '../recipe/section/plugins-section.ts'

export interface MergeOptions {
  /** The model that all others were trained from; also where tokenizer and configuration come from. */
  readonly base: string
  readonly models: readonly string[]
  /** One per model. */
  readonly weights: readonly number[]
  readonly rule: string
  /** Where the rule may come from, besides those that ship. */
  readonly plugins?: readonly PluginSettings[] | undefined
  readonly knobs: Readonly<Record<string, unknown>>
  readonly target: string
  readonly replace: boolean
}

/**
 * Merges model folders tensor by tensor into a new one; memory: one tensor of each.
 *
 * @throws UserError where a model has other tensors than the base, or the target is there
 */
export async function mergeModels(options: MergeOptions): Promise<void> {
  const { base, models, weights, knobs, target, replace } = options
  const { mergeRules } = await registryOf(options)
  const rule = mergeRules.get(options.rule)
  if (!rule) throw new Error(`internal: no merge rule ${options.rule}`)
  const folder = await nodeFolder(base)
  const start = await openCheckpoint(folder)
  const tokenizer = await openTokenizer(folder)
  const tuned: Checkpoint[] = []
  for (const path of models) tuned.push(await openCheckpoint(await nodeFolder(path)))
  const problems = tuned.flatMap((checkpoint, k): Problem[] =>
    [...start.tensors].flatMap(([name, { shape }]) => {
      const found = checkpoint.tensors.get(name)?.shape
      if (found?.join() === shape.join()) return []
      const got = found ? `[${found.join(', ')}]` : 'no such tensor'
      const expected = `[${shape.join(', ')}], as in ${base}`
      return [{ code: 'shape-mismatch', path: `${models[k]}: ${name}`, expected, got }]
    }),
  )
  for (const [name, { dtype }] of start.others)
    if (/^B?F/.test(dtype))
      problems.push({
        code: 'unsupported-dtype',
        path: `${base}: ${name}`,
        expected: 'F32, F16 or BF16',
        got: dtype,
      })
  if (problems.length > 0) throw new UserError(problems.slice(0, 20))
  await writeModelFolder(
    target,
    {
      config: start.configText,
      generationConfig: start.generationConfigText,
      tokenizerFiles: tokenizer.files,
      modelCard: cardOf(options, rule.title, rule.source),
      tensors: [...start.tensors, ...start.others].map(([name, { shape, dtype, file }]) => {
        return { name, shape, dtype, file }
      }),
      async read(name) {
        if (start.others.has(name)) return start.readBytes(name)
        const values = []
        for (const checkpoint of tuned) values.push(await checkpoint.read(name))
        return rule.merge(await start.read(name), values, weights, knobs)
      },
    },
    { replace },
  )
}

function cardOf({ base, models, weights, knobs }: MergeOptions, title: string, source: string) {
  const list = models.map((path, k) => `- ${path}, weight ${weights[k]}\n`).join('')
  const settings = JSON.stringify(knobs)
  return `# A merge\n\nMade by Lethe: ${title} (${source}), ${settings}, of the changes from ${base} to\n\n${list}\nNothing was measured on this model. Measure it with \`lethe eval\`.\n`
}
