import assert from 'node:assert/strict'
import type { z } from 'zod'

/** One thing that must hold, for any test runner: it throws where it does not. */
export interface Check {
  readonly name: string
  check(): void | Promise<void>
}

/** What every part says of itself. */
export interface DescribedPart {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  readonly schema: z.ZodObject
  readonly variants?: readonly string[]
}

/**
 * What every part must hold to: an id in small letters, texts that say something, and knobs that are described, refuse
 * what they do not know and offer the variants.
 *
 * @param required knobs that have no default, since nothing could be one
 */
export function partChecks(part: DescribedPart, required: readonly string[] = []): Check[] {
  return [
    { name: 'says what it is', check: () => saysWhatItIs(part) },
    {
      name: 'describes every knob and refuses others',
      check: () => describesKnobs(part, required),
    },
  ]
}

function saysWhatItIs({ id, title, source, formula }: DescribedPart): void {
  assert.match(id, /^[a-z]+[0-9]*(-[a-z0-9]+)*$/)
  for (const [name, text] of Object.entries({ source, formula }))
    assert.ok(text.length > 5, `${name}: expected a few words, got "${text}"`)
  assert.ok(title.length > 3 && title !== id, `title: expected a name for readers, got "${title}"`)
}

function describesKnobs({ schema, variants }: DescribedPart, required: readonly string[]): void {
  for (const [name, knob] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
    assert.ok(knob.description, `knob ${name}: expected a description`)
    if (!required.includes(name))
      assert.ok(knob.safeParse(undefined).success, `knob ${name}: expected a default`)
  }
  assert.ok(!schema.safeParse({ nonsense: 1 }).success, 'expected a strict schema')
  assert.equal('variant' in schema.shape, variants !== undefined)
  if (variants) assert.ok(!schema.safeParse({ variant: 'nonsense' }).success)
}

/** Throws where a number of a list is not finite. */
export function allFinite(values: Iterable<number>, what: string): void {
  for (const value of values) assert.ok(Number.isFinite(value), `${what}: ${value}`)
}
