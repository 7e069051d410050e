import { describeMethod, type MethodDescription } from '../method/describe.ts'
import { adapters } from '../model/adapter/adapters.ts'
import { lowRankStarts } from '../model/adapter/start/low-rank-starts.ts'
import { builtInRegistry, type Registry } from '../recipe/registry.ts'
import { markdownTable } from '../report/markdown-table.ts'

interface PartText {
  readonly id: string
  readonly title: string
  readonly formula: string
  readonly source: string
}

/** Every method and every part, made from their declarations: the content of docs/methods.md. */
export function methodsMarkdown(registry: Registry = builtInRegistry): string {
  const described = [...registry.methods.values()].map(describeMethod)
  const lines = described.map((method) => [
    `\`${method.id}\``,
    method.title,
    partsText(method),
    costText(method),
    method.source,
  ])
  return `# Methods

Made from the declarations by \`npm run generate\`; \`lethe methods <id>\` explains one with its knobs, published settings
and known defects. Any forget loss goes with any combiner, optimiser, selector and choice of weights.

${markdownTable({ header: ['id', 'method', 'parts by default', 'cost beyond training', 'source'], lines }, 'left')}
## Losses

${parts(registry.losses)}
## Combiners

${parts(registry.combiners)}
## Optimisers

${parts(registry.optimizers)}
## Adapters

${parts(adapters)}
## How low-rank adapters begin

${parts(lowRankStarts)}
## How gradients are found

${parts(registry.estimators)}
## Selectors of tokens

${parts(registry.tokenSelectors)}
## Selectors of examples

${parts(registry.exampleSelectors)}
## Edits: stages that are no loop of gradients

${parts(registry.editRules)}
## Merge rules

${parts(registry.mergeRules)}`
}

function parts(all: ReadonlyMap<string, PartText>): string {
  const lines = [...all.values()].map(({ id, title, formula, source }) => [
    `\`${id}\``,
    title,
    `\`${formula}\``,
    source,
  ])
  return markdownTable({ header: ['id', 'title', 'formula', 'source'], lines }, 'left')
}

function partsText({ losses: { forget, retain }, combiner, recipe = {} }: MethodDescription) {
  const brought = Object.entries(recipe).flatMap(([section, keys]) =>
    Object.keys(keys).map((key) => `${section}.${key}`),
  )
  const names = [forget.default, ...(retain ? [retain.default] : []), combiner.default]
  return [names.join(' + '), ...brought].join('; ')
}

function costText({ cost }: MethodDescription): string {
  const list = [
    cost.backwardPasses > 1 ? `${cost.backwardPasses} backward passes` : '',
    cost.extraGradientBuffers > 0 ? `${cost.extraGradientBuffers} gradient buffers` : '',
    cost.forgetSequences > 1 ? 'a second sequence per forget example' : '',
    cost.reference === 'none' ? '' : `${cost.reference} of the starting model`,
  ]
  return list.filter(Boolean).join(', ') || 'none'
}
