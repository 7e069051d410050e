import type { z } from 'zod'
import type { Example } from '../data/example.ts'
import { define } from '../definition.ts'
import type { EditedModel } from './edited-model.ts'

/** What a rule wants made ready before it begins. */
export interface EditNeeds {
  /** Text of a token to be added to the vocabulary, with fresh rows of embedding and head. */
  readonly token?: string
  /** The questions of the forget set with refusals for answers. */
  readonly refusals?: true
  /** Of all that is drawn for it: fresh rows, and which refusal an item gets. */
  readonly seed: number
}

/** What an edit is made of. */
export interface EditData {
  readonly forget: readonly Example[]
  /** The questions of the forget set with refusals for answers, one each, where they are needed; else none. */
  readonly refusing: readonly Example[]
  readonly retain: readonly Example[]
}

/** One edit to be done. */
export interface EditTask<Knobs = unknown> {
  /** Changed in place. */
  readonly edited: EditedModel
  readonly data: EditData
  readonly knobs: Knobs
  /** Id of the token that was added; null where none is needed. */
  readonly token: number | null
  /** Told a line of text after each piece of work; `step` where the line is one of many of its kind, of which some may be left out. */
  progress(message: string, step?: { readonly done: number; readonly of: number }): void
}

/** Figures by name, measured on the model in memory before and after an edit. */
export type EditFigures<Name extends string = string> = Readonly<
  Record<'before' | 'after', Readonly<Record<Name, number>>>
>

/** A way to change a model that is not one loop of gradients: a stage `edit` of a recipe. */
export interface EditRule<
  Schema extends z.ZodObject = z.ZodObject,
  Figure extends string = string,
> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** One or two sentences. */
  readonly summary: string
  /** Knobs, each with a default and a description. */
  readonly schema: Schema
  /** What is known to go wrong with it, or with the code it was released with. */
  readonly defects: readonly string[]
  /** What a model card must say of a model that was edited so: one sentence. */
  readonly caution: string
  /** What each figure is, in words for a log and a model card. */
  readonly figures: Readonly<Record<Figure, string>>
  needs(knobs: z.infer<Schema>): EditNeeds
  /**
   * Edits the model in place. Every weight that is changed is rounded to what is stored, by `edited.round`, before the
   * figures after the edit are measured.
   *
   * The same task gives the same bits; tensors keep their shapes.
   *
   * @throws UserError where the knobs do not fit the model
   */
  edit(task: EditTask<z.infer<Schema>>): Promise<EditFigures<Figure>>
}

/** Declares an edit rule; the types of its knobs are those of its schema, its figures those that it names. */
export function defineEdit<Schema extends z.ZodObject, Figure extends string>(
  declaration: EditRule<Schema, Figure>,
): EditRule<Schema, Figure> {
  return define('edit rule', declaration)
}
