import { stringify } from 'yaml'
import { takedownWords } from '../benchmark/takedown.ts'
import { notesOf } from '../measure/benchmark.ts'
import { directionText, directionWords } from '../measure/direction.ts'
import type { StoredEvaluation } from '../measure/evaluation/stored-evaluation.ts'
import { notShown, shownBy } from '../measure/not-shown.ts'
import { publishable, publishableRecipe } from '../recipe/publishable.ts'
import { automaticWords } from './automatic-words.ts'
import type { EventPayloads, ExportCheck } from './events.ts'
import type { MeasuredGguf } from './gguf-files.ts'
import type { MetricsFile } from './metrics-file.ts'

/** The facts that the card of an exported model is made from. */
export interface ModelCardInput {
  /** of the run */
  name: string
  /** from the event `run.started` */
  started: Pick<EventPayloads['run.started'], 'method' | 'model' | 'data' | 'seed' | 'versions'>
  /** `owner/name` of the model on the hub that it was; null for a folder of one's own, which the hub would refuse */
  baseModel: string | null
  /** ISO 8601 */
  finishedAt: string
  /** the resolved recipe, YAML */
  recipe: string
  /** null where the run was not evaluated */
  metrics: MetricsFile | null
  /** on benchmarks */
  evaluations: readonly StoredEvaluation[]
  /** files that were made of it and measured */
  ggufs: readonly MeasuredGguf[]
  /** null where the written folder was not opened again */
  check: ExportCheck | null
  /** reasons of tripped guards */
  guards: readonly string[]
}

/**
 * The model card (`README.md`) of an exported folder: Markdown with the YAML front matter that Hugging Face reads. It is
 * uploaded with the model, so nothing of the machine is in it.
 */
export function modelCard(input: ModelCardInput): string {
  const { name, baseModel, finishedAt, metrics, ggufs, check } = input
  const { started, evaluations, guards } = publishable({
    started: input.started,
    evaluations: input.evaluations,
    guards: input.guards,
  })
  const recipe = publishableRecipe(input.recipe)
  const { method, model, data, seed, versions } = started
  const front = stringify({
    ...(baseModel !== null && { base_model: baseModel }),
    library_name: 'transformers',
    pipeline_tag: 'text-generation',
    tags: ['unlearning', 'lethe', method.id, model.modelType],
  })
  const sections = [
    `---\n${front}---`,
    `# ${line(name)}`,
    `\`${line(model.name)}\` after unlearning with **${line(method.title)}**: ${line(method.summary)}`,
    `Unlearning is not deletion: even where this model answers differently about the forget set, it has not been shown that the information is gone from its weights. See [what was not shown](#what-was-not-shown).`,
    '## Method',
    list([
      `Method: ${line(method.title)} (\`${method.id}\`). Source: ${line(method.source)}`,
      `Trained: ${count(model.trainableParameters)} of ${count(model.parameters)} parameters`,
      ...(['forget', 'retain'] as const).map((set) => {
        const source = data[set]
        const from = source?.automatic ? automaticWords : `of \`${source?.path}\``
        const also = source?.general
          ? `; and ${count(source.general)} answers of the starting model to general prompts`
          : ''
        const what = source ? `${count(source.examples)} examples ${from}${also}` : 'none'
        return `${set === 'forget' ? 'Forget' : 'Retain'} set: ${what}`
      }),
      `Seed: ${seed}. Finished: ${finishedAt}`,
    ]),
    '## Measured',
    metrics ? metricsTable(metrics) : 'This run was not evaluated.',
    ...evaluations.map(benchmarkSection),
    guards.length > 0 ? `Guards that tripped:\n\n${list(guards.map(line))}` : 'No guard tripped.',
    '## Export',
    check
      ? `The written folder was opened again and compared with the trained weights at ${count(check.positions)} positions: largest difference of a logit ${check.maxLogitDifference?.toExponential(2) ?? 'not finite'}, same most likely token at ${percent(check.topOneAgreement)}.`
      : 'The written folder was not compared with the trained weights.',
    '## What was not shown',
    list(
      notShown(
        shownBy(
          evaluations,
          ggufs.map(({ bits }) => bits),
        ),
      ).map(({ title, detail }) => `**${title}.** ${detail}`),
    ),
    '## Recipe',
    fenced(recipe.trimEnd(), 'yaml'),
    '## Versions',
    list(Object.entries(versions).map(([part, version]) => `${part} ${version}`)),
  ]
  return `${sections.join('\n\n')}\n`
}

function metricsTable({ before, after, directions, intervals, counts }: MetricsFile): string {
  const keys = Object.keys(directions)
  const rows = keys.map((key) => {
    const [set, id] = key.split('.')
    return [
      `${takedownWords.get(key)?.title ?? id} (${set}, n = ${counts[key]})`,
      withInterval(before[key], intervals.before[key]),
      withInterval(after[key], intervals.after[key]),
      directionWords(directions[key]),
    ]
  })
  const words = keys.flatMap((key) => takedownWords.get(key) ?? [])
  const used = [...new Map(words.map((each) => [each.title, each])).values()].map(
    ({ title, description, source }) => `${title}: ${description} Source: ${source}`,
  )
  return [
    table(['Metric', 'Before', 'After', 'Better'], rows),
    'In brackets: 95 % bootstrap interval over examples.',
    list(used),
  ].join('\n\n')
}

/** The numbers of a benchmark that have a value, and what to make of them. */
function benchmarkSection({ benchmark, results, warnings }: StoredEvaluation): string {
  const rows = results.flatMap(({ key, value, interval, original, neverTrained, better }) => {
    if (value === null) return []
    const beside = [original, neverTrained].map((other) => (other === null ? '' : decimal(other)))
    return [[key, withInterval(value, interval ?? undefined), ...beside, directionText(better)]]
  })
  return [
    `### ${line(benchmark.title)}`,
    `Benchmark \`${line(benchmark.id)}\`${benchmark.source && `: ${line(benchmark.source)}`}. Values are of the exported model.`,
    table(['Metric', 'Value', 'Original', 'Never trained on it', 'Better'], rows),
    ...[list([...warnings, ...notesOf(benchmark)].map(line))].filter((text) => text !== ''),
  ].join('\n\n')
}

function withInterval(
  value: number | null | undefined,
  interval: readonly [number | null, number | null] | undefined,
): string {
  if (value === undefined) return 'not measured'
  return interval ? `${decimal(value)} [${interval.map(decimal).join(', ')}]` : decimal(value)
}

function decimal(value: number | null): string {
  return value === null ? 'not finite' : value.toFixed(3)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => line(text).replaceAll('|', '\\|')
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n')
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

/** The fence is longer than any run of backticks inside. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

function line(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
