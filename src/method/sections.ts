import type { MethodDescription } from './describe.ts'

/** A method's page as headings with lines; sections without a line are left out. */
export function methodSections(
  method: MethodDescription,
): { readonly heading: string; readonly lines: readonly string[] }[] {
  const { parts, knobs, variants, settings, defects, cost } = method
  const { recipe = {} } = method
  const sections: [string, string[]][] = [
    [
      'Parts',
      parts.map(
        (part) => `${part.role} ${part.id}${part.isDefault ? ' (default)' : ''}: ${part.formula}`,
      ),
    ],
    [
      'Knobs',
      knobs.map(({ name, type, default: value, description, part }) => {
        const owner = part.role === 'method' ? '' : `${part.role} ${part.id}, `
        return `${name} (${owner}${type}${value === null ? '' : `, default ${value}`}): ${description}`
      }),
    ],
    [
      'Brings along, unless the recipe says otherwise',
      Object.entries(recipe).flatMap(([section, keys]) =>
        Object.entries(keys).map(([key, value]) => `${section}.${key}: ${JSON.stringify(value)}`),
      ),
    ],
    ['Variants', Object.entries(variants).map(([name, text]) => `${name}: ${text}`)],
    [
      'Cost',
      [
        `backward passes per micro-batch: ${cost.backwardPasses}`,
        `gradient buffers beyond the one of training: ${cost.extraGradientBuffers}`,
        `sequences per forget example: ${cost.forgetSequences}`,
        `what the starting model must supply: ${cost.reference}`,
      ],
    ],
    [
      'Published settings',
      settings.map(({ benchmark, source: origin, knobs: set, ...numbers }) => {
        const values = Object.entries({ ...numbers, ...set }).map(
          ([key, value]) => `${key} ${value}`,
        )
        return `${benchmark}: ${values.join(', ')}. ${origin}`
      }),
    ],
    ['Known defects', [...defects]],
  ]
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => ({ heading, lines }))
}
