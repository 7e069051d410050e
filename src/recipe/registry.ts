import { benchmarks } from '../benchmark/benchmarks.ts'
import { type DefinitionKind, definedAs } from '../definition.ts'
import type { EditRule } from '../edit/edit-rule.ts'
import { editRules } from '../edit/edit-rules.ts'
import { type Problem, UserError } from '../error.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import type { MetricKind } from '../measure/kind/kind.ts'
import { metricKinds } from '../measure/kind/kinds.ts'
import { bindMethods } from '../method/bind.ts'
import type { MethodDeclaration } from '../method/method.ts'
import { declaredMethods, type MethodRegistry, methods } from '../method/methods.ts'
import type { Combiner } from '../parts/combine/combiner.ts'
import { combiners } from '../parts/combine/combiners.ts'
import type { GradientEstimator } from '../parts/estimate/estimator.ts'
import { estimators } from '../parts/estimate/estimators.ts'
import type { Loss } from '../parts/loss/loss.ts'
import { losses } from '../parts/loss/losses.ts'
import type { MergeRule } from '../parts/merge/merge-rule.ts'
import { mergeRules } from '../parts/merge/merge-rules.ts'
import type { Optimizer } from '../parts/optim/optimizer.ts'
import { optimizers } from '../parts/optim/optimizers.ts'
import type { ExampleSelector, TokenSelector } from '../parts/select/selector.ts'
import { exampleSelectors, tokenSelectors } from '../parts/select/selectors.ts'
import { benchmarkProblems } from './benchmark-problems.ts'
import { shapeProblems } from './definition-shape.ts'

/** What a registry is made of, by kind, each list in the order in which it is shown. */
export interface Definitions {
  readonly losses: readonly Loss[]
  readonly combiners: readonly Combiner[]
  readonly optimizers: readonly Optimizer[]
  readonly estimators: readonly GradientEstimator[]
  readonly tokenSelectors: readonly TokenSelector[]
  readonly exampleSelectors: readonly ExampleSelector[]
  readonly mergeRules: readonly MergeRule[]
  readonly editRules: readonly EditRule[]
  readonly methods: readonly MethodDeclaration[]
  readonly metrics: readonly MetricKind[]
  readonly benchmarks: readonly Benchmark[]
}

/** Everything that a recipe can name, by id. A value: what there is depends on who asks. */
export interface Registry extends MethodRegistry {
  readonly definitions: Definitions
  readonly optimizers: ReadonlyMap<string, Optimizer>
  readonly estimators: ReadonlyMap<string, GradientEstimator>
  readonly tokenSelectors: ReadonlyMap<string, TokenSelector>
  readonly exampleSelectors: ReadonlyMap<string, ExampleSelector>
  readonly mergeRules: ReadonlyMap<string, MergeRule>
  readonly editRules: ReadonlyMap<string, EditRule>
  readonly metrics: ReadonlyMap<string, MetricKind>
  readonly benchmarks: ReadonlyMap<string, Benchmark>
}

/** What ships with Lethe. */
export const builtIn: Definitions = {
  losses: [...losses.values()],
  combiners: [...combiners.values()],
  optimizers: [...optimizers.values()],
  estimators: [...estimators.values()],
  tokenSelectors: [...tokenSelectors.values()],
  exampleSelectors: [...exampleSelectors.values()],
  mergeRules: [...mergeRules.values()],
  editRules: [...editRules.values()],
  methods: declaredMethods,
  metrics: [...metricKinds.values()],
  benchmarks: [...benchmarks.values()],
}

/** The registry of what ships with Lethe. */
export const builtInRegistry: Registry = {
  definitions: builtIn,
  losses,
  combiners,
  optimizers,
  estimators,
  tokenSelectors,
  exampleSelectors,
  mergeRules,
  editRules,
  methods,
  metrics: metricKinds,
  benchmarks,
}

const listOf: Readonly<Record<DefinitionKind, keyof Definitions>> = {
  loss: 'losses',
  combiner: 'combiners',
  optimizer: 'optimizers',
  estimator: 'estimators',
  'token selector': 'tokenSelectors',
  'example selector': 'exampleSelectors',
  'merge rule': 'mergeRules',
  'edit rule': 'editRules',
  method: 'methods',
  metric: 'metrics',
  benchmark: 'benchmarks',
}

/**
 * A registry of what is given; kinds that are left out are those that ship.
 *
 * ```ts
 * createRegistry({ losses: [...builtIn.losses, mine] })
 * ```
 *
 * @throws UserError with every id that is there twice, every definition of a wrong shape and every benchmark whose metrics
 * are not there; Error where a method names a part, knob or variant that does not exist
 */
export function createRegistry(given: Partial<Definitions> = {}): Registry {
  const definitions = { ...builtIn, ...given }
  const problems = Object.entries(listOf).flatMap(([kind, list]) =>
    given[list] ? problemsOf(kind as DefinitionKind, definitions[list]) : [],
  )
  if (problems.length > 0) throw new UserError(problems)
  const metrics = byId(definitions.metrics)
  const unmeasured = (given.benchmarks ?? []).flatMap((benchmark) =>
    benchmarkProblems(benchmark, metrics).map((problem) => ({
      ...problem,
      path: `benchmark ${benchmark.id}: ${problem.path}`,
    })),
  )
  if (unmeasured.length > 0) throw new UserError(unmeasured)
  const parts = { losses: byId(definitions.losses), combiners: byId(definitions.combiners) }
  return {
    definitions,
    ...parts,
    optimizers: byId(definitions.optimizers),
    estimators: byId(definitions.estimators),
    tokenSelectors: byId(definitions.tokenSelectors),
    exampleSelectors: byId(definitions.exampleSelectors),
    mergeRules: byId(definitions.mergeRules),
    editRules: byId(definitions.editRules),
    methods: bindMethods(definitions.methods, parts),
    metrics,
    benchmarks: byId(definitions.benchmarks),
  }
}

/**
 * A registry with definitions added, each of the kind of its `define…` function.
 *
 * @throws UserError, Error as `createRegistry`
 */
export function extendRegistry(registry: Registry, added: readonly object[]): Registry {
  if (added.length === 0) return registry
  const lists: Partial<Record<keyof Definitions, object[]>> = {}
  for (const definition of added) {
    const kind = definedAs(definition)
    if (!kind) throw new TypeError('extendRegistry: expected definitions made by a define function')
    lists[listOf[kind]] ??= [...registry.definitions[listOf[kind]]]
    lists[listOf[kind]]?.push(definition)
  }
  return createRegistry({ ...registry.definitions, ...(lists as Partial<Definitions>) })
}

function problemsOf(kind: DefinitionKind, list: readonly { readonly id: string }[]): Problem[] {
  const seen = new Set<string>()
  return list.flatMap((definition) => {
    const shape = shapeProblems(kind, definition)
    if (shape.length > 0) return shape
    const { id } = definition
    if (!seen.has(id)) {
      seen.add(id)
      return []
    }
    return [
      {
        code: 'taken-id',
        path: `${kind} ${id}`,
        expected: `an id that no other ${kind} has`,
        got: JSON.stringify(id),
        hint: 'Give yours another id',
      },
    ]
  })
}

function byId<T extends { readonly id: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((each) => [each.id, each]))
}
