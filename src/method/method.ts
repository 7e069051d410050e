import type { z } from 'zod'
import { type Cost, costOf } from './cost.ts'
import { flatFields } from './fields.ts'
import { type Choice, choiceOf, partOf, roles } from './parts.ts'

export type KnobValue = number | string | boolean

/** Settings that a paper or its code used on one benchmark. */
export interface PublishedSettings {
  readonly benchmark: 'tofu' | 'muse-news' | 'muse-books' | 'wmdp' | 'semeval'
  readonly learningRate: number
  readonly epochs?: number
  readonly steps?: number
  /** Sequences per optimiser step, over accumulation and devices. */
  readonly effectiveBatchSize?: number
  readonly warmupEpochs?: number
  readonly schedule?: 'constant' | 'linear' | 'cosine'
  readonly weightDecay?: number
  readonly knobs?: Readonly<Record<string, KnobValue>>
  readonly source: string
}

/** Values by section and key of a recipe. */
export type RecipeDefaults = Readonly<
  Partial<Record<'forget' | 'retain' | 'train', Readonly<Record<string, unknown>>>>
>

/** What is written down of a method: a named, sourced point in the space of losses and combiners. */
export interface MethodDeclaration {
  readonly id: string
  readonly title: string
  readonly source: string
  /** One or two sentences. */
  readonly summary: string
  readonly losses: { readonly forget: Choice; readonly retain: Choice | null }
  readonly combiner: Choice
  /** Defaults of knobs where they are not those of the parts. */
  readonly defaults: Readonly<Record<string, KnobValue>>
  /** Knobs that the method sets itself and does not offer. */
  readonly fixed: Readonly<Record<string, KnobValue>>
  /** Variant to what differs; the parts that have a variant of that name take it. */
  readonly variants: Readonly<Record<string, string>>
  /**
   * Defaults of other sections of a recipe, by section and key, where the method is more than losses and a combiner:
   * `{ train: { parameters: … }, forget: { tokens: … } }`. What a recipe says of a key replaces it whole.
   */
  readonly recipe?: RecipeDefaults
  readonly settings: readonly PublishedSettings[]
  /** What is known to go wrong with the method, or with the code it was released with. */
  readonly defects: readonly string[]
}

/** A declared method. Trainer, recipe schema, command line and documentation read this and nothing else. */
export interface Method extends MethodDeclaration {
  /** `id`, the choices and every knob of every choice, all but `id` optional: for editors and documentation. */
  readonly schema: z.ZodObject
  /** Of the default parts; see `resolveMethod` for others. */
  readonly cost: Cost
}

/**
 * Checks a declaration and derives its schema and cost.
 *
 * @throws Error (internal) where it names a part, a knob or a variant that does not exist, or where a knob has the
 * same name in two roles and is not the same in both, so that a flat recipe could not tell them apart
 */
export function defineMethod(declaration: MethodDeclaration): Method {
  const { id, defaults, fixed, variants, losses, combiner } = declaration
  const fail = (what: string) => {
    throw new Error(`internal: method ${id}: ${what}`)
  }
  const owners = new Map<string, { role: string; part: string; field: unknown }>()
  const knownVariants = new Set<string>()
  for (const role of roles) {
    const choice = choiceOf(declaration, role)
    if (!choice) continue
    if (!choice.choices.includes(choice.default)) fail(`${choice.default} is no choice of ${role}`)
    for (const part of choice.choices.map((name) => partOf(role, name))) {
      for (const variant of part.variants ?? []) knownVariants.add(variant)
      for (const [knob, field] of Object.entries(part.schema.shape)) {
        if (knob === 'variant') continue
        const owner = owners.get(knob) ?? { role, part: part.id, field }
        if (owner.role !== role && (owner.part === part.id || owner.field !== field))
          fail(`${knob} is a knob of ${owner.role} and of ${role}`)
        owners.set(knob, owner)
      }
    }
  }
  for (const knob of [...Object.keys(defaults), ...Object.keys(fixed)])
    if (!owners.has(knob)) fail(`no part has the knob ${knob}`)
  for (const variant of Object.keys(variants))
    if (!knownVariants.has(variant)) fail(`no part has the variant ${variant}`)
  let schema: z.ZodObject | undefined
  return {
    ...declaration,
    // Made when it is asked for: most commands read one method, and all schemas together take a noticeable time.
    get schema() {
      schema ??= flatFields(declaration)
      return schema
    },
    cost: costOf(
      partOf('forgetLoss', losses.forget.default),
      losses.retain && partOf('retainLoss', losses.retain.default),
      partOf('combiner', combiner.default),
    ),
  }
}
