import { type Benchmark, benchmarkSchema } from '../measure/benchmark.ts'
import { museStops } from '../metric/index.ts'

/** The space stands at the end of the prompt, as in the official code. */
const question = { prompt: 'Question: {question}\nAnswer: ', answer: '{answer}' }
const document = { prompt: null, texts: { text: 'text' }, end: false }

/**
 * A split as the hub has it, then as the code's repository does. The JSON files that still lie beside the parquet ones on the
 * hub are an older upload of other texts.
 */
const split = (name: string) => [`${name}-00000-of-00001.parquet`, `${name}.json`]
const folds = (folder: string) => [1, 2, 3, 4].map((fold) => split(`${folder}/forget_${fold}`))

function knowledge(names: string[]) {
  return {
    file: names.flatMap(split),
    template: question,
    shots: { file: names.map((name) => `${name}_icl`).flatMap(split), count: 10 },
    generate: { maxNewTokens: 32, reference: 'answer', stopAt: [...museStops] },
  }
}

const forgetQuestions = knowledge(['knowmem/forget_qa'])

/** MUSE as its own code evaluates it: no stems, ten examples before each question. */
function muse(corpus: 'news' | 'books'): Benchmark {
  const f1 = { part: 'f', stem: false }
  return benchmarkSchema.parse({
    id: `muse/${corpus}`,
    title: `MUSE ${corpus === 'news' ? 'News' : 'Books'}`,
    source: 'Shi et al. 2024, arXiv:2407.06460; swj0419/muse_bench',
    hub: `muse-bench/MUSE-${corpus === 'news' ? 'News' : 'Books'}`,
    notes: [
      'With 100 questions a 95 % interval is four to seven points wide: smaller differences mean nothing.',
      'OpenUnlearning stems words here and the official code does not: their numbers are not these.',
      'The retain questions are written on retain2, which training does not see.',
    ],
    training: {
      forget: split('raw/forget'),
      retain: split('raw/retain1'),
      ...(corpus === 'news' && {
        studies: {
          scalability: { forget: folds('scal'), sequential: false },
          sustainability: { forget: folds('sust'), sequential: true },
        },
      }),
    },
    sets: {
      knowMemForget: forgetQuestions,
      knowMemRetain: knowledge(['knowmem/retain_qa', 'knowmem/retain2_qa']),
      verbMem: {
        file: split('verbmem/forget'),
        optional: true,
        prompt: 'prompt',
        template: 'raw',
        generate: { maxNewTokens: 128, reference: 'gt', referenceTokens: 128 },
      },
      forget: { file: split('privleak/forget'), optional: true, ...document },
      holdout: { file: split('privleak/holdout'), optional: true, ...document },
    },
    metrics: {
      knowMemForget: {
        kind: 'rouge',
        better: 'neverTrained',
        options: { set: 'knowMemForget', ...f1 },
      },
      knowMemRetain: { kind: 'rouge', better: 'higher', options: { set: 'knowMemRetain', ...f1 } },
      verbMem: { kind: 'rouge', better: 'neverTrained', options: { set: 'verbMem', ...f1 } },
      privLeak: {
        kind: 'privacy-leakage',
        better: { target: 0 },
        options: { text: 'text', convention: 'muse', dropLast: false },
      },
      repetition: { kind: 'repetition', better: 'lower', options: { set: 'knowMemRetain' } },
    },
    extras: {
      'gradient-norm': {
        description:
          'Gradient-norm attack: a backward pass and a gradient in memory for every document.',
        sets: {
          forgetGradients: { file: split('privleak/forget'), ...document, gradientNorms: true },
          holdoutGradients: { file: split('privleak/holdout'), ...document, gradientNorms: true },
        },
        metrics: {
          'membership.gradientNorm': {
            kind: 'membership',
            better: 'neverTrained',
            options: {
              attack: 'gradient-norm',
              forget: 'forgetGradients',
              holdout: 'holdoutGradients',
              text: 'text',
            },
          },
        },
      },
      leak: {
        description: 'leak@k: 32 drawn answers for every question to forget.',
        sets: {
          knowMemDrawn: {
            ...forgetQuestions,
            generate: { ...forgetQuestions.generate, samples: { count: 32 } },
          },
        },
        metrics: Object.fromEntries(
          [1, 8, 32].map((k) => [
            `leak${k}`,
            { kind: 'leak', better: 'neverTrained' as const, options: { set: 'knowMemDrawn', k } },
          ]),
        ),
      },
      depth: {
        description:
          'Unlearning depth: a pass for every layer and question, with the original model in memory too.',
        sets: {
          knowMemPatched: {
            ...forgetQuestions,
            generate: null,
            texts: { answer: 'answer' },
            end: false,
            patchedLayers: true,
          },
        },
        metrics: {
          depth: {
            kind: 'unlearning-depth',
            better: 'higher',
            options: { set: 'knowMemPatched' },
          },
        },
      },
    },
    ranking: {
      forget: 'knowMemForget',
      utility: 'knowMemRetain',
      repetition: 'repetition',
    },
    reading: { first: ['privLeak'] },
  })
}

export const museNews = muse('news')
export const museBooks = muse('books')
