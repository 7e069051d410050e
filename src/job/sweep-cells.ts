import { UserError } from '../error.ts'

/** One axis of a grid: a path of the recipe and the values it takes, as written. */
export interface GridAxis {
  readonly path: string
  readonly values: readonly string[]
}

/** One run of a sweep. */
export interface SweepCell {
  /** Also the name of its folder. */
  readonly name: string
  /** `path=value` texts, the seed and the output among them. */
  readonly sets: readonly string[]
}

/** Every combination of the axes with every seed, seeds innermost; names say what sets a cell apart. */
export function sweepCells(
  axes: readonly GridAxis[],
  seeds: readonly number[],
  output: string,
): SweepCell[] {
  const combinations = axes.reduce<{ path: string; value: string }[][]>(
    (all, { path, values }) =>
      all.flatMap((each) => values.map((value) => [...each, { path, value }])),
    [[]],
  )
  const cells = combinations.flatMap((settings) =>
    seeds.map((seed): SweepCell => {
      const parts = settings.map(({ path, value }) =>
        path === 'method' ? value : `${path.replace(/^.*\./, '')}=${value}`,
      )
      const name = [...parts, `seed${seed}`].map(fileName).join('_')
      return {
        name,
        sets: [
          ...settings.map(({ path, value }) => `${path}=${value}`),
          `train.seed=${seed}`,
          `output=${output}/${name}`,
        ],
      }
    }),
  )
  const names = cells.map(({ name }) => name)
  const twice = names.filter((name, i) => names.indexOf(name) !== i)
  if (twice.length > 0)
    throw new UserError({
      code: 'repeated-cell',
      path: '--grid',
      expected: 'combinations that can be told apart by name',
      got: `${[...new Set(twice)].join(', ')} more than once`,
      hint: 'Leave repeated values out, or sweep them into another --output',
    })
  return cells
}

/**
 * A cell with settings for all cells: what the grid sets wins, but a whole (`method=npo`) goes before settings of its parts
 * (`method.beta=1`), which it would wipe out.
 */
export function withSettings(cell: SweepCell, sets: readonly string[]): SweepCell {
  const pathOf = (set: string) => set.slice(0, set.indexOf('='))
  const isWhole = (set: string) => sets.some((other) => pathOf(other).startsWith(`${pathOf(set)}.`))
  const wholes = cell.sets.filter(isWhole)
  const rest = cell.sets.filter((set) => !isWhole(set))
  return { ...cell, sets: [...wholes, ...sets, ...rest] }
}

/** A minus before a number is told apart from what only parts words. */
function fileName(text: string): string {
  return text
    .replace(/(^|[^\w])-(?=[\d.])/g, '$1minus')
    .replace(/[^\w.-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^-|-$/g, '')
}
