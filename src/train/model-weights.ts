import type { Checkpoint } from '../checkpoint/folder.ts'
import { type Problem, UserError } from '../error.ts'
import type { LanguageModel } from '../model/model.ts'
import { storedNames } from '../model/stored-names.ts'
import { unusedWeights } from '../model/unused-weights.ts'

/** The most tensors that are missing and named one by one. */
const listed = 5

/**
 * The checkpoint of a folder with its tensors under the model's own names.
 *
 * @returns notes on what the folder holds that the model has no use for
 * @throws UserError for tensors that are missing, of another shape or type, and for what no model of the family is
 *   without: adapters that were not merged, scales of quantised weights, a tied head that is stored with other values
 */
export async function modelWeights(
  model: LanguageModel,
  stored: Checkpoint,
): Promise<{ checkpoint: Checkpoint; notes: Problem[] }> {
  const names = new Set([...stored.tensors.keys(), ...stored.others.keys()])
  const checkpoint = renamed(stored, storedNames(model, names))
  const isOwn = (name: string) => model.parameters.has(name) || model.copies.has(name)
  const all = new Map([...checkpoint.tensors, ...checkpoint.others])
  const rest = new Map([...all].filter(([name]) => !isOwn(name)))
  const { refused, notes } = unusedWeights(model, rest, stored.name)
  const problems = [...refused, ...wrongTypes(model, checkpoint)]
  problems.push(...wrongShapes(model, checkpoint))
  // Without its base layers an adapter's model lacks everything: that it is one says it all.
  if (refused.length === 0) problems.push(...missing(model, checkpoint))
  if (problems.length > 0) throw new UserError(problems)
  await requireTied(model, checkpoint)
  return { checkpoint, notes }
}

/** The same checkpoint under other names: model's name → stored name. */
function renamed(checkpoint: Checkpoint, names: ReadonlyMap<string, string>): Checkpoint {
  if (names.size === 0) return checkpoint
  const ours = new Map([...names].map(([own, stored]) => [stored, own]))
  const rename = <Value>(map: ReadonlyMap<string, Value>) =>
    new Map([...map].map(([name, value]) => [ours.get(name) ?? name, value]))
  return {
    ...checkpoint,
    tensors: rename(checkpoint.tensors),
    others: rename(checkpoint.others),
    read: (name) => checkpoint.read(names.get(name) ?? name),
    readBytes: (name) => checkpoint.readBytes(names.get(name) ?? name),
  }
}

function missing(model: LanguageModel, checkpoint: Checkpoint): Problem[] {
  const lacking = [...model.parameters.keys()].filter(
    (name) => !checkpoint.tensors.has(name) && !checkpoint.others.has(name),
  )
  const architecture = [checkpoint.config.architectures].flat()[0]
  const classifier = typeof architecture === 'string' && /Classification|Reward/.test(architecture)
  const problems = lacking.map((name): Problem => {
    const shape = model.parameters.get(name)?.join(', ')
    const file = checkpoint.absent.get(name)
    return {
      code: 'missing-tensor',
      path: `${checkpoint.name}${file ? `/${file}` : ''}: ${name}`,
      expected: `[${shape}], by ${file ? 'the index' : 'config.json'}`,
      got: file ? 'a file without it' : 'no such tensor',
      ...(classifier && {
        hint: `This is a ${architecture}, not a language model: it has another head.`,
      }),
    }
  })
  if (problems.length <= listed) return problems
  const shown = [...checkpoint.tensors.keys()].slice(0, 3).join(', ') || 'none'
  const rest = problems.length - listed + 1
  return [
    ...problems.slice(0, listed - 1),
    {
      code: 'missing-tensor',
      path: checkpoint.name,
      expected: `the ${model.parameters.size} tensors of ${model.modelType}`,
      got: `${rest} more of them missing, and tensors such as ${shown}`,
      hint: 'The weights are not of this config.json.',
    },
  ]
}

function wrongShapes(model: LanguageModel, checkpoint: Checkpoint): Problem[] {
  return [...model.parameters].flatMap(([name, shape]) => {
    const stored = checkpoint.tensors.get(name)
    if (!stored || stored.shape.join() === shape.join()) return []
    const expected = `[${shape.join(', ')}], by config.json`
    const got = `[${stored.shape.join(', ')}]`
    return [{ code: 'shape-mismatch', path: `${checkpoint.name}: ${name}`, expected, got }]
  })
}

/** Weights of the model in a type that cannot be trained, one problem a type. */
function wrongTypes(model: LanguageModel, checkpoint: Checkpoint): Problem[] {
  const byType = new Map<string, string[]>()
  for (const [name, { dtype, file }] of checkpoint.others)
    if (model.parameters.has(name) || model.copies.has(name))
      byType.set(dtype, [...(byType.get(dtype) ?? []), `${checkpoint.name}/${file}: ${name}`])
  return [...byType].map(([dtype, names]) => ({
    code: 'unsupported-dtype',
    path: names[0],
    expected: 'dtype ∈ {F32, F16, BF16}',
    got: names.length === 1 ? dtype : `${dtype}, and so in ${names.length - 1} other tensors`,
    hint:
      dtype === 'F64'
        ? 'Weights in double precision are not read; in Python, `model.float().save_pretrained(folder)` writes single precision.'
        : 'Quantised weights cannot be trained; use the model they were made from.',
  }))
}

/**
 * A head that config.json calls tied and that is stored with other values was trained apart; transformers 5 then does
 * not tie, and 4 does.
 */
async function requireTied(model: LanguageModel, checkpoint: Checkpoint): Promise<void> {
  for (const [copy, original] of model.copies) {
    if (!checkpoint.tensors.has(copy)) continue
    const [head, embedding] = [await checkpoint.read(copy), await checkpoint.read(original)]
    if (head.length === embedding.length && head.every((value, i) => value === embedding[i]))
      continue
    throw new UserError({
      code: 'untied-head',
      path: `${checkpoint.name}: ${copy}`,
      expected: `the values of ${original}, since config.json has tie_word_embeddings = true`,
      got: 'other values',
      hint: 'Where the head was trained apart, write "tie_word_embeddings": false into config.json; where it is a leftover, remove it from the weights.',
    })
  }
}
