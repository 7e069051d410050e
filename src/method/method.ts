import type { z } from 'zod'
import { define } from '../definition.ts'
import type { Choice, DeclaredChoice, PartOf } from './choice.ts'
import type { Cost } from './method-cost.ts'

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
  readonly losses: { readonly forget: DeclaredChoice; readonly retain: DeclaredChoice | null }
  readonly combiner: DeclaredChoice
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

/**
 * A method among the parts of a registry. Trainer, recipe schema, command line and documentation read this and nothing
 * else.
 */
export interface Method extends Omit<MethodDeclaration, 'losses' | 'combiner'> {
  readonly losses: { readonly forget: Choice; readonly retain: Choice | null }
  readonly combiner: Choice
  /** `id`, the choices and every knob of every choice, all but `id` optional: for editors and documentation. */
  readonly schema: z.ZodObject
  /** Of the default parts; see `resolveMethod` for others. */
  readonly cost: Cost
  /**
   * The part of that id.
   *
   * @throws Error where there is none
   */
  readonly part: PartOf
}

/** Declares a method; a registry checks that its parts, knobs and variants exist. */
export function defineMethod(declaration: MethodDeclaration): MethodDeclaration {
  return define('method', declaration)
}
