import { nodeFolder } from '../../checkpoint/node-folder.ts'
import { openTokenizer, type Tokenizer } from '../../checkpoint/tokenizer.ts'
import { overlapProblems } from '../../data/overlap.ts'
import { UserError } from '../../error.ts'
import { readRecipe } from '../../recipe/read.ts'
import { automaticData } from '../../recipe/section/data-section.ts'
import { pluginOption, setOption, wholeNumber } from '../arguments.ts'
import { type DataSection, type DataSet, loadDataSet, longestSequence } from '../data-set.ts'
import { dataSetJson, dataSetText } from '../data-set-text.ts'
import { printJson } from '../print-error.ts'
import type { Terminal } from '../terminal.ts'
import type { CommandModule } from './command.ts'

const help = `
Trained tokens stand in brackets, or in colour on a terminal.

Examples:
  $ lethe inspect-data takedown.yaml
  $ lethe inspect-data forget.jsonl --model ./my-model --examples 10
  $ lethe inspect-data takedown.yaml --json`

interface Options {
  model?: string
  examples: number
  maxLength?: number
  set: string[]
  plugin: string[]
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, _, next) {
    command
      .argument('<file>', 'A recipe of lethe run; or, with --model, a data file.')
      .option('--model <folder>', 'Folder with the tokenizer, to look at a data file.')
      .option('--examples <count>', 'How many examples are shown.', wholeNumber(1), 3)
      .option('--max-length <tokens>', 'Longest sequence, with --model.', wholeNumber(2))
      .addOption(setOption('Set a value of the recipe'))
      .addOption(pluginOption())
      .addHelpText('after', help)
      .action(async (file: string, options: Options) => {
        const { sets, tokenizer } = await load(file, options, terminal)
        const overlap = sets[1] ? overlapProblems(sets[0].examples, sets[1].examples) : []
        if (options.json) {
          if (overlap.length > 0) throw new UserError(overlap)
          const described = sets.map((set) => dataSetJson(set, options.examples, tokenizer))
          printJson({ ok: true, sets: described }, terminal)
          return
        }
        const colour = terminal.out.isTTY === true && !terminal.env.NO_COLOR
        for (const set of sets)
          terminal.out.write(dataSetText(set, options.examples, tokenizer, colour))
        if (overlap.length > 0) throw new UserError(overlap)
        if (options.model === undefined) next(['plan', file])
        else next(['init', 'takedown.yaml', '--model', options.model, '--forget', file])
      })
  },
}

/** The sets of a recipe, or one data file as a retain set would be read. */
async function load(
  file: string,
  { model, maxLength, set, plugin: plugins }: Options,
  { cwd, env }: Terminal,
): Promise<{ sets: DataSet[]; tokenizer: Tokenizer }> {
  if (model === undefined && /\.jsonl$/i.test(file))
    throw new UserError({
      code: 'missing-model',
      path: 'lethe inspect-data',
      expected: 'a recipe, or --model with a data file',
      got: `the data file ${file} alone`,
      hint: 'Give --model <folder> with the tokenizer',
    })
  const recipe =
    model === undefined ? (await readRecipe(file, { sets: set, plugins, cwd, env })).recipe : null
  const folder = await nodeFolder(recipe?.model ?? String(model))
  const tokenizer = await openTokenizer(folder)
  const read = async (name: DataSet['name'], section: DataSection) =>
    loadDataSet(
      name,
      { ...section, maxLength: section.maxLength ?? (await longestSequence(folder)) },
      tokenizer,
    )
  if (!recipe) {
    const whole = {
      path: file,
      template: null,
      offset: 0,
      limit: null,
      preference: 'chosen',
    } as const
    return { sets: [await read('data', { ...whole, maxLength: maxLength ?? null })], tokenizer }
  }
  const sets = [await read('forget', recipe.forget)]
  if (recipe.retain && recipe.retain.path !== automaticData)
    sets.push(await read('retain', recipe.retain))
  return { sets, tokenizer }
}
