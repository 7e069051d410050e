import { type Benchmark, type BenchmarkDefinition, benchmarkSchema } from '../measure/benchmark.ts'
import { mmluQuestions, mmluShots } from './mmlu.ts'

type Task = 1 | 2 | 3
const allTasks: readonly Task[] = [1, 2, 3]
const groups = ['forget', 'retain'] as const

/** Rows of one task of one file, continued greedily as they are. */
function taskSets(tasks = allTasks): BenchmarkDefinition['sets'] {
  return Object.fromEntries(
    groups.flatMap((group) =>
      tasks.map((task) => [
        `${group}Task${task}`,
        {
          file: [`${group}.jsonl`, `${group}.json`],
          where: { task: `Task${task}` },
          prompt: 'input',
          template: 'raw' as const,
          texts: { answer: 'output' },
          generate: { maxNewTokens: 256, reference: 'output' },
        },
      ]),
    ),
  )
}

function taskMetrics(tasks = allTasks): BenchmarkDefinition['metrics'] {
  const better = (group: string) => (group === 'forget' ? 'lower' : 'higher')
  return Object.fromEntries(
    groups.flatMap((group) =>
      tasks.flatMap((task) => {
        const options = { set: `${group}Task${task}` }
        const name = `${group}.task${task}`
        return [
          [
            `${name}.regurgitation`,
            { kind: 'semeval-regurgitation', better: better(group), options },
          ],
          [`${name}.knowledge`, { kind: 'semeval-knowledge', better: better(group), options }],
          [`${name}.probability`, { kind: 'probability', better: better(group), options }],
        ] as const
      }),
    ),
  )
}

function terms(
  tasks: readonly Task[],
  group: (typeof groups)[number],
  complement = group === 'forget',
) {
  return tasks.flatMap((task) =>
    ['regurgitation', 'knowledge'].map((score) => ({
      metric: `${group}.task${task}.${score}`,
      complement,
    })),
  )
}

const common = {
  training: {
    forget: 'forget.jsonl',
    retain: 'retain.jsonl',
    // As its sets ask: template raw.
    template: { prompt: '{question}', answer: ' {answer}' },
  },
  ranking: {
    forget: 'remembered',
    utility: 'kept',
    score: 'taskAggregate',
    repetition: 'repetition',
  },
} as const

function composites(tasks = allTasks): BenchmarkDefinition['composites'] {
  return {
    remembered: { combine: 'mean', better: 'lower', of: terms(tasks, 'forget', false) },
    kept: { combine: 'mean', better: 'higher', of: terms(tasks, 'retain') },
    taskAggregate: {
      combine: 'harmonic-mean',
      better: 'higher',
      of: [...terms(tasks, 'forget'), ...terms(tasks, 'retain')],
    },
  }
}

const repetitionOf = (task: Task) => ({
  kind: 'repetition',
  better: 'lower' as const,
  options: { set: `retainTask${task}` },
})

const zeroWarning =
  'One perfectly answered forget cell or one lost retain cell makes the task aggregate 0: read its terms.'
const testWarning =
  'LUME’s rows contain the SemEval-2025 Task 4 test set: what was tuned on them cannot be compared with its leaderboard.'
const source = 'Ramakrishna et al. 2025, arXiv:2502.15097; amazon-science/lume-llm-unlearning'

export const lume: Benchmark = benchmarkSchema.parse({
  ...common,
  id: 'lume',
  title: 'LUME: stories, synthetic and real biographies',
  source,
  notes: [zeroWarning, testWarning],
  sets: taskSets(),
  metrics: { ...taskMetrics(), repetition: repetitionOf(1) },
  composites: composites(),
})

/** One of LUME's tasks by itself. */
function lumeTask(task: Task, title: string): Benchmark {
  return benchmarkSchema.parse({
    ...common,
    id: `lume/task${task}`,
    title: `LUME, task ${task}: ${title}`,
    source,
    notes: [
      zeroWarning,
      testWarning,
      'Rows of this task alone are forgotten, kept and asked, and trained on by reference models made with --pretrain: of the other two nothing is said.',
    ],
    training: { ...common.training, where: { task: `Task${task}` } },
    sets: taskSets([task]),
    metrics: { ...taskMetrics([task]), repetition: repetitionOf(task) },
    composites: composites([task]),
  })
}

export const lumeTasks: readonly Benchmark[] = [
  lumeTask(1, 'synthetic stories'),
  lumeTask(2, 'synthetic biographies with personal data'),
  lumeTask(3, 'real biographies'),
]

const members = { prompt: null, texts: { text: 'document' }, end: false, optional: true }

export const semeval: Benchmark = benchmarkSchema.parse({
  ...common,
  id: 'semeval',
  title: 'SemEval-2025 Task 4',
  source: 'SemEval-2025 Task 4, evaluate_generations.py',
  notes: [
    zeroWarning,
    'A destroyed model scores about .40 (membership .98, MMLU .23): the three parts stand beside the final score, and MMLU below .371 disqualified 7B models.',
    'Tune on train and validation rows only; the test rows are public in LUME.',
    'MMLU is asked after five examples of its subject, as the organisers do; where they do not fit, the last are left out.',
  ],
  splits: {
    file: 'split_map.json',
    field: 'semeval_split',
    recipe:
      'python reference/make_semeval_data.py <folder of the release> <data folder> [--lume <folder>] makes the whole data folder; to evaluate all rows of LUME, test set included, take --benchmark lume',
    tune: ['train', 'validation'],
    evaluate: ['validation'],
  },
  sets: {
    ...taskSets(),
    member: { file: ['mia_data/member.jsonl', 'member.jsonl'], ...members },
    nonmember: { file: ['mia_data/nonmember.jsonl', 'nonmember.jsonl'], ...members },
    mmlu: { ...mmluQuestions, shots: mmluShots, optional: true },
  },
  metrics: {
    ...taskMetrics(),
    repetition: repetitionOf(1),
    membership: {
      kind: 'semeval-membership',
      better: 'higher',
      options: { attack: 'loss', forget: 'member', holdout: 'nonmember', text: 'text' },
    },
    mmlu: { kind: 'choice-accuracy', better: 'higher', options: { sets: ['mmlu'] } },
  },
  composites: {
    ...composites(),
    final: {
      combine: 'mean',
      better: 'higher',
      of: [{ metric: 'taskAggregate' }, { metric: 'membership' }, { metric: 'mmlu' }],
    },
  },
  reading: {
    settles: { mmlu: ['general ability'] },
    cautions: [
      {
        when: [{ metric: 'final' }, { metric: 'taskAggregate', below: 0.1 }],
        text: 'The final score of {final} comes from membership and MMLU alone: a destroyed model gets about .40.',
      },
    ],
  },
})
