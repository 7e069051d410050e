/** What can be defined, each by its own function: `defineLoss`, `defineMethod`, … */
export type DefinitionKind =
  | 'loss'
  | 'combiner'
  | 'optimizer'
  | 'estimator'
  | 'token selector'
  | 'example selector'
  | 'merge rule'
  | 'edit rule'
  | 'method'
  | 'metric'
  | 'benchmark'

// Of the registry of symbols, so that two copies of Lethe in one program know each other's definitions.
const kindKey = Symbol.for('lethe.kind')

/** Marks a declaration as one of a kind, invisibly, so that a plugin's exports are known for what they are. */
export function define<T extends object>(kind: DefinitionKind, declaration: T): T {
  return Object.defineProperty(declaration, kindKey, { value: kind })
}

/** What a value was defined as; null where it is no definition. */
export function definedAs(value: unknown): DefinitionKind | null {
  return typeof value === 'object' && value !== null
    ? ((value as { [kindKey]?: DefinitionKind })[kindKey] ?? null)
    : null
}
