import * as z from 'zod'
import type { Problem } from '../error.ts'
import type { JsonObject } from './json-text.ts'
import { throwProblems } from './throw-problems.ts'

const flag = z.boolean().nullish()
const text = z.string().nullish()
const count = z.int().min(0)
const pattern = z.union(
  [z.looseObject({ Regex: z.string() }), z.looseObject({ String: z.string() })],
  '{ Regex } or { String }',
)
const ending = z.tuple([z.string(), count]).optional()
const template = z.array(
  z.looseObject({
    SpecialToken: z.looseObject({ id: z.string() }).optional(),
    Sequence: z.looseObject({ id: z.string() }).optional(),
  }),
)

/** What the library reads of each part without asking whether it is there. */
const needed: Readonly<Record<string, readonly string[]>> = {
  ...{ Split: ['pattern'], Replace: ['pattern'], Prepend: ['prepend'] },
  ...{ FixedLength: ['length'], CharDelimiterSplit: ['delimiter'] },
  ...{ TemplateProcessing: ['single'], WordPiece: ['prefix'] },
  ...{ RobertaProcessing: ['sep', 'cls'], BertProcessing: ['sep', 'cls'] },
}

const parts = z.array(z.lazy(() => part)).optional()
// A field is of one type in whatever part it occurs.
const part: z.ZodType = z
  .looseObject({
    type: z.string(),
    ...{ pattern: pattern.optional(), content: text, behavior: text, invert: flag },
    ...{ add_prefix_space: flag, trim_offsets: flag, use_regex: flag, individual_digits: flag },
    ...{ replacement: text, str_rep: text, prepend_scheme: text, prepend: text, delimiter: text },
    ...{ prefix: text, suffix: text, pad_token: text, word_delimiter_token: text, cleanup: flag },
    ...{ clean_text: flag, handle_chinese_chars: flag, strip_accents: flag, lowercase: flag },
    ...{ strip_left: flag, strip_right: flag, precompiled_charsmap: text },
    ...{ start: count.nullish(), stop: count.nullish(), length: count.min(1).optional() },
    ...{ sep: ending, cls: ending, single: template.optional() },
    ...{ normalizers: parts, pretokenizers: parts, processors: parts, decoders: parts },
  })
  .superRefine((value, context) => {
    const lacking = Object.hasOwn(needed, value.type)
      ? needed[value.type].filter((key) => (value[key] ?? null) === null)
      : []
    for (const key of lacking) context.addIssue({ code: 'custom', path: [key], message: 'a value' })
  })

const token = z.looseObject({
  content: z.string(),
  ...{ single_word: flag, lstrip: flag, rstrip: flag, normalized: flag, special: flag },
})
const named = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish()
const special = {
  ...{ bos_token: named, eos_token: named, unk_token: named, sep_token: named },
  ...{ pad_token: named, cls_token: named, mask_token: named },
}

// Half a million merges: one look at each, where a schema of each takes a second.
const isMerge = (value: unknown): boolean =>
  typeof value === 'string' ||
  (Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string'))
const merges = z.custom<unknown>(
  (value) =>
    Array.isArray(value) &&
    value.every(isMerge) &&
    value.every((each) => typeof each === typeof value[0]),
  'a list of merges, all "a b" or all ["a", "b"]',
)

const files = {
  tokenizer: z.looseObject({
    added_tokens: z.array(token.extend({ id: count })).nullish(),
    normalizer: part.nullish(),
    pre_tokenizer: part.nullish(),
    post_processor: part.nullish(),
    decoder: part.nullish(),
    model: z.looseObject({
      type: text,
      ...{ unk_token: text, end_of_word_suffix: text, continuing_subword_prefix: text },
      continuing_subword_suffix: text,
      ...{ fuse_unk: flag, byte_fallback: flag, ignore_merges: flag },
      ...{ unk_id: count.nullish(), max_input_chars_per_word: count.nullish() },
      merges: merges.optional(),
    }),
  }),
  config: z.looseObject({
    ...special,
    added_tokens_decoder: z.record(z.string().regex(/^\d+$/), token).nullish(),
    ...{ remove_space: flag, clean_up_tokenization_spaces: flag },
    do_lowercase_and_remove_accent: flag,
    chat_template: z
      .union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))])
      .nullish(),
  }),
  special: z.looseObject(special),
}

/**
 * Checks the types of what is read of a file: `tokenizer` tokenizer.json but for the entries of its vocabulary, `config`
 * tokenizer_config.json, `special` special_tokens_map.json.
 *
 * @throws UserError with every place where something else stands
 */
export function requireTypes(kind: keyof typeof files, path: string, json: JsonObject): void {
  const { error } = files[kind].safeParse(json)
  throwProblems(
    (error?.issues.slice(0, 20) ?? []).map(
      ({ path: keys, message, ...issue }): Problem => ({
        code: 'invalid-tokenizer',
        path: `${path}: ${keys.join('.')}`,
        expected: 'expected' in issue ? String(issue.expected) : message,
        got: shown(keys.reduce<unknown>((at, key) => Object(at)[key], json)),
      }),
    ),
  )
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
}
