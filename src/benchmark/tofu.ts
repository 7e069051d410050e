import { type Benchmark, type BenchmarkDefinition, benchmarkSchema } from '../measure/benchmark.ts'

const attacks = { loss: 'loss', zlib: 'zlib', minK: 'min-k', minKPlusPlus: 'min-k++' } as const
const utility = ['retain', 'realAuthors', 'worldFacts'].flatMap((set) =>
  ['probability', 'rougeL', 'truthRatio'].map((metric) => `${set}.${metric}`),
)
const authors = { texts: { answer: 'answer', perturbed: 'perturbed_answer' } }
const perturbed = {
  texts: {
    answer: 'answer',
    paraphrased: 'paraphrased_answer',
    perturbed: 'perturbed_answer',
  },
}
const generate = { maxNewTokens: 200, reference: 'answer' }

const leaks = [1, 8, 32]

const remembered = ['exactMemorisation', 'paraphraseProbability', 'truthRatioProbMean'].map(
  (metric) => ({ metric: `forget.${metric}`, complement: true }),
)

/** The aggregates of arXiv:2506.12618, as `memorisationScore`, `utilityScore` and `openUnlearningAggregate` of `metric/` compute them. */
const openUnlearning: NonNullable<BenchmarkDefinition['composites']> = {
  'openUnlearning.memorisation': {
    combine: 'harmonic-mean',
    better: 'higher',
    of: [{ metric: 'openUnlearning.extractionStrength', complement: true }, ...remembered],
  },
  'openUnlearning.utility': {
    combine: 'harmonic-mean',
    better: 'higher',
    of: ['modelUtility', 'openUnlearning.fluency'].map((metric) => ({
      metric,
      overOriginal: true,
    })),
  },
  'openUnlearning.aggregate': {
    combine: 'harmonic-mean',
    better: 'higher',
    of: [
      { metric: 'openUnlearning.memorisation' },
      { metric: 'privacy' },
      { metric: 'openUnlearning.utility' },
    ],
  },
}

/** What is not in the default suite because of what it costs. */
function costly(forget: string, holdout: string): BenchmarkDefinition['extras'] {
  const answers = { file: forget, texts: { answer: 'answer' } }
  return {
    'gradient-norm': {
      description: 'Gradient-norm attack: a backward pass and a gradient in memory for every row.',
      sets: {
        forgetGradients: { ...answers, gradientNorms: true },
        holdoutGradients: { ...answers, file: holdout, gradientNorms: true, optional: true },
      },
      metrics: {
        'membership.gradientNorm': {
          kind: 'membership',
          better: 'neverTrained',
          options: {
            attack: 'gradient-norm',
            forget: 'forgetGradients',
            holdout: 'holdoutGradients',
          },
        },
      },
    },
    leak: {
      description: `leak@k: ${Math.max(...leaks)} drawn answers for every row.`,
      sets: {
        forgetDrawn: { file: forget, generate: { ...generate, samples: { count: 32 } } },
      },
      metrics: Object.fromEntries(
        leaks.map((k) => [
          `forget.leak${k}`,
          { kind: 'leak', better: 'neverTrained' as const, options: { set: 'forgetDrawn', k } },
        ]),
      ),
    },
    depth: {
      description:
        'Unlearning depth: a pass for every layer and row, with the original model in memory too.',
      sets: { forgetPatched: { ...answers, end: false, patchedLayers: true } },
      metrics: {
        'forget.depth': {
          kind: 'unlearning-depth',
          better: 'higher',
          options: { set: 'forgetPatched' },
        },
      },
    },
  }
}

/** TOFU with so many per cent of its authors to be forgotten, as open-unlearning evaluates it. */
function tofu(share: '01' | '05' | '10'): Benchmark {
  const retained = String(100 - Number(share))
  const definition: BenchmarkDefinition = {
    id: `tofu/forget${share}`,
    title: `TOFU, ${Number(share)} % of 200 fictitious authors`,
    source: 'Maini et al. 2024, arXiv:2401.06121; locuslab/open-unlearning, default suite',
    hub: 'locuslab/TOFU',
    notes: [
      'Forget quality is a p-value on a lattice: with n questions only n + 1 values exist, and a destroyed model may have any of them. Read it beside model utility.',
      'Retain metrics are measured on the first 20 authors. Model utility adds real authors and world facts: a model that never knew those has about none, so rankings use retainUtility, its retain part.',
    ],
    training: {
      forget: `forget${share}.json`,
      retain: `retain${retained}.json`,
      original: 'full.json',
    },
    sets: {
      forget: { file: `forget${share}_perturbed.json`, ...perturbed, generate, distribution: true },
      retain: { file: 'retain_perturbed.json', ...perturbed, generate },
      realAuthors: { file: 'real_authors_perturbed.json', ...authors, generate },
      worldFacts: { file: 'world_facts_perturbed.json', ...authors, generate },
      holdout: {
        file: `holdout${share}.json`,
        texts: { answer: 'answer' },
        distribution: true,
        optional: true,
      },
    },
    metrics: {
      'forget.quality': { kind: 'forget-quality', better: 'higher', options: { set: 'forget' } },
      'forget.probability': {
        kind: 'probability',
        better: 'neverTrained',
        options: { set: 'forget' },
      },
      'forget.paraphraseProbability': {
        kind: 'probability',
        better: 'neverTrained',
        options: { set: 'forget', text: 'paraphrased' },
      },
      'forget.rougeL': { kind: 'rouge', better: 'neverTrained', options: { set: 'forget' } },
      'forget.truthRatio': {
        kind: 'truth-ratio',
        better: 'neverTrained',
        options: { set: 'forget', aggregate: 'closerToOneBetter' },
      },
      'forget.truthRatioProbMean': {
        kind: 'truth-ratio',
        better: 'neverTrained',
        options: { set: 'forget', aggregate: 'probMean' },
      },
      'forget.exactMemorisation': {
        kind: 'exact-memorisation',
        better: 'neverTrained',
        options: { set: 'forget' },
      },
      'forget.extractedEnd': {
        kind: 'extraction-strength',
        better: 'neverTrained',
        options: { set: 'forget' },
      },
      'forget.repetition': { kind: 'repetition', better: 'lower', options: { set: 'forget' } },
      'retain.probability': { kind: 'probability', better: 'higher', options: { set: 'retain' } },
      'retain.rougeL': { kind: 'rouge', better: 'higher', options: { set: 'retain' } },
      'retain.truthRatio': {
        kind: 'truth-ratio',
        better: 'higher',
        options: { set: 'retain', aggregate: 'trueBetter' },
      },
      'retain.repetition': { kind: 'repetition', better: 'lower', options: { set: 'retain' } },
      ...Object.fromEntries(
        ['realAuthors', 'worldFacts'].flatMap((set) => [
          [
            `${set}.probability`,
            { kind: 'option-probability', better: 'higher' as const, options: { set } },
          ],
          [`${set}.rougeL`, { kind: 'rouge', better: 'higher' as const, options: { set } }],
          [
            `${set}.truthRatio`,
            {
              kind: 'truth-ratio',
              better: 'higher' as const,
              options: { set, correct: 'answer', aggregate: 'trueBetter' },
            },
          ],
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(attacks).flatMap(([name, attack]) => [
          [
            `membership.${name}`,
            { kind: 'membership', better: 'neverTrained' as const, options: { attack } },
          ],
          [
            `closeness.${name}`,
            { kind: 'membership-closeness', better: 'higher' as const, options: { attack } },
          ],
        ]),
      ),
      'membership.reference': {
        kind: 'membership',
        better: { target: 0.5 },
        options: { attack: 'reference' },
      },
      privLeak: { kind: 'privacy-leakage', better: { target: 0 } },
      'forget.qualityLog10': {
        kind: 'forget-quality-log10',
        better: 'higher',
        options: { set: 'forget' },
      },
      'openUnlearning.extractionStrength': {
        kind: 'extraction-strength',
        better: 'neverTrained',
        options: { set: 'forget', variant: 'released' },
      },
      'openUnlearning.fluency': {
        kind: 'classified-clean',
        better: 'higher',
        options: { set: 'forget' },
      },
    },
    composites: {
      modelUtility: {
        combine: 'harmonic-mean',
        better: 'higher',
        of: utility.map((metric) => ({ metric })),
      },
      retainUtility: {
        combine: 'harmonic-mean',
        better: 'higher',
        of: ['probability', 'rougeL', 'truthRatio'].map((metric) => ({
          metric: `retain.${metric}`,
        })),
      },
      erasure: {
        combine: 'harmonic-mean',
        better: 'higher',
        of: [{ metric: 'forget.extractedEnd', complement: true }, ...remembered],
      },
      privacy: {
        combine: 'harmonic-mean',
        better: 'higher',
        of: Object.keys(attacks).map((name) => ({ metric: `closeness.${name}` })),
      },
      retention: {
        combine: 'mean',
        better: 'higher',
        of: [{ metric: 'retainUtility', overOriginal: true }],
      },
      score: {
        combine: 'harmonic-mean',
        better: 'higher',
        of: [{ metric: 'erasure' }, { metric: 'retention' }],
      },
      scoreWithPrivacy: {
        combine: 'harmonic-mean',
        better: 'higher',
        of: [{ metric: 'erasure' }, { metric: 'privacy' }, { metric: 'retention' }],
      },
      ...openUnlearning,
    },
    earlier: {
      renamed: {
        'forget.extractedEnd': 'forget.extractionStrength',
        erasure: 'memorisation',
        retention: 'utility',
        scoreWithPrivacy: 'aggregate',
      },
      added: [
        'forget.qualityLog10',
        'openUnlearning.extractionStrength',
        'openUnlearning.fluency',
        ...Object.keys(openUnlearning),
      ],
    },
    extras: costly(`forget${share}_perturbed.json`, `holdout${share}.json`),
    ranking: {
      forget: 'forget.probability',
      utility: 'retainUtility',
      score: 'score',
      repetition: 'retain.repetition',
    },
    reading: {
      first: ['forget.quality', 'forget.qualityLog10', 'privLeak'],
      notes: [
        'What begins with openUnlearning, and privacy, is as OpenUnlearning computes it (its code; arXiv:2506.12618, appendix F.1). Its utility needs what a classifier says of each answer, which another program adds.',
        'erasure, retention, score and scoreWithPrivacy are Lethe’s own and not comparable with OpenUnlearning’s: an answer of which nothing can be extracted counts 0, not one over its length, and of utility only the retain part counts, without fluency. Up to version 0.2 three of them were called memorisation, utility and aggregate.',
      ],
      settles: { 'worldFacts.probability': ['general ability'] },
      cautions: [
        {
          broken: true,
          when: [{ metric: 'forget.quality', above: 0.05 }],
          text: 'Forget quality is high although the model is destroyed: it does not see that.',
        },
      ],
    },
  }
  return benchmarkSchema.parse(definition)
}

export const tofuForget01 = tofu('01')
export const tofuForget05 = tofu('05')
export const tofuForget10 = tofu('10')
