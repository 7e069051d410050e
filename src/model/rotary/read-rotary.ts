import type { ConfigReader } from '../config-reader.ts'
import { plainFrequencies, type Rotary } from './rotary.ts'
import { linear } from './scaling/linear.ts'
import { llama3 } from './scaling/llama3.ts'
import { longrope } from './scaling/longrope.ts'
import type { RotaryScaling, ScalingOptions } from './scaling/scaling.ts'
import { yarn } from './scaling/yarn.ts'

const scalings: readonly RotaryScaling[] = [linear, llama3, yarn, longrope]

type Section = Readonly<Record<string, unknown>>

/** What the frequencies depend on besides the base. */
export interface RotarySizes {
  /** Components of a head, of those that turn. */
  readonly headDim: number
  readonly maxPositions: number
}

export interface RotaryBase {
  /** Where the file says nothing; 10000 unless given. */
  readonly theta?: number
  /** What it was called before transformers 5; `rope_theta` unless given. */
  readonly thetaKey?: string
}

/** As a file says it. */
export interface StoredRotary extends Rotary {
  readonly theta: number
  /** How it is stretched, `default` where it is not. */
  readonly type: string
}

/**
 * Reads `rope_theta` (or what an older file calls it) and `rope_scaling`, or `rope_parameters`, which newer transformers
 * write instead.
 */
export function readRotary(
  reader: ConfigReader,
  sizes: RotarySizes,
  base: RotaryBase = {},
): StoredRotary {
  const key = reader.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling'
  return readSection(reader, key, reader.object(key) ?? {}, sizes, base)
}

/**
 * Reads what layers of full and of sliding attention turn by, each of its own: `rope_parameters` by their names in newer
 * files; in older ones `rope_scaling` is of full attention alone.
 */
export function readRotaryByLayerType(
  reader: ConfigReader,
  sizes: RotarySizes,
  bases: Readonly<Record<'full' | 'sliding', RotaryBase>>,
): { full: Rotary; sliding: Rotary } {
  const byType = reader.object('rope_parameters')
  const section = (name: string, older: Section): [string, Section] => {
    if (!byType) return ['rope_scaling', older]
    const found = byType[name] ?? {}
    if (typeof found === 'object') return [`rope_parameters.${name}`, found as Section]
    reader.reject(`rope_parameters.${name}`, 'an object', found)
    return [`rope_parameters.${name}`, {}]
  }
  const older = reader.object('rope_scaling') ?? {}
  return {
    full: readSection(reader, ...section('full_attention', older), sizes, bases.full),
    sliding: readSection(reader, ...section('sliding_attention', {}), sizes, bases.sliding),
  }
}

function readSection(
  reader: ConfigReader,
  key: string,
  section: Section,
  { headDim, maxPositions }: RotarySizes,
  { theta: unsaid = 10000, thetaKey = 'rope_theta' }: RotaryBase,
): StoredRotary {
  const theta =
    typeof section.rope_theta === 'number' ? section.rope_theta : reader.number(thetaKey, unsaid)
  const plain = plainFrequencies(headDim, theta)
  const type = section.rope_type ?? section.type ?? 'default'
  const unstretched = { theta, type: 'default', frequencies: plain, scale: 1, limit: null }
  if (type === 'default') return unstretched
  const scaling = scalings.find(({ types }) => types.includes(type as string))
  if (!scaling) {
    const known = ['default', ...scalings.flatMap(({ types }) => types)]
    reader.reject(key, `rope_type ${known.map((name) => `"${name}"`).join(' or ')}`, type)
    return unstretched
  }
  const {
    frequency,
    scale = 1,
    limit = null,
  } = scaling.read(scalingOptions(reader, key, section, { dim: headDim, theta, maxPositions }))
  const frequencies = plain.map((f, pair) => Math.fround(frequency(f, pair)))
  return { theta, type: scaling.types[0], frequencies, scale, limit }
}

function scalingOptions(
  reader: ConfigReader,
  key: string,
  section: Section,
  sizes: Pick<ScalingOptions, 'dim' | 'theta' | 'maxPositions'>,
): ScalingOptions {
  const has = (name: string) => section[name] !== undefined && section[name] !== null
  const value = <Value>(
    name: string,
    what: string,
    fits: (value: unknown) => value is Value,
    otherwise: Value,
    fallback?: Value,
  ): Value => {
    if (!has(name) && fallback !== undefined) return fallback
    if (fits(section[name])) return section[name]
    reader.reject(`${key}.${name}`, what, section[name])
    return otherwise
  }
  const isNumber = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x)
  const number = (name: string, fallback?: number) => value(name, 'a number', isNumber, 1, fallback)
  const pairs = sizes.dim / 2
  const perPair = (x: unknown): x is number[] =>
    Array.isArray(x) && x.length === pairs && x.every(isNumber)
  // transformers takes the one outside before the one in the section.
  const originalKey = 'original_max_position_embeddings'
  const originalPositions = reader.has(originalKey)
    ? reader.integer(originalKey)
    : number(originalKey, sizes.maxPositions)
  return {
    ...sizes,
    originalPositions,
    number,
    flag: (name, fallback) =>
      value(name, 'true or false', (x): x is boolean => typeof x === 'boolean', fallback, fallback),
    numbers: (name) => value(name, `${pairs} numbers`, perPair, new Array<number>(pairs).fill(1)),
  }
}
