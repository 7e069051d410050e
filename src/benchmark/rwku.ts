import { type Benchmark, benchmarkSchema } from '../measure/benchmark.ts'

const blank = 'Please complete the blank in the following question.\nQuestion: {question}\n'
const brief = 'Please briefly answer the following question.\nQuestion: {question}\n'
const probes = ['forgetLevel1', 'forgetLevel2', 'forgetLevel3', 'neighborLevel1', 'neighborLevel2']
const better = (set: string) =>
  set.startsWith('forget') ? ('lower' as const) : ('higher' as const)

/** All targets as on the hub, or the folder of one: `Target/1_Stephen_King`. */
const layouts = (name: string) => [`All/${name}.json`, `${name}.json`]

function answers(name: string, prompt: string) {
  return {
    file: layouts(name),
    prompt: 'query',
    template: { prompt, answer: 'Answer: {answer}', chat: true },
    generate: { maxNewTokens: 30, reference: 'answer', stopAt: ['\n'] },
  }
}

export const rwku: Benchmark = benchmarkSchema.parse({
  id: 'rwku',
  title: 'RWKU: real-world people',
  source: 'Jin et al. 2024, arXiv:2406.10890; jinzhuoran/RWKU',
  hub: 'jinzhuoran/RWKU',
  notes: [
    'Scored as released, by the `rouge` package, which counts distinct words; ….rougeScore is ROUGE-L recall without stems by rouge_score, which other benchmarks here use.',
    'The released code writes two of the nine kinds of level 3 without "Question:" or "Answer:"; here all are asked alike.',
    'Fluency is that of the answers about neighbours; --with fluency measures answers to general instructions, as the released code does, words parted here without nltk.',
    'Gradient ascent looks good here and baselines were not reproduced by others.',
  ],
  sets: {
    forgetLevel1: answers('forget_level1', blank),
    forgetLevel2: answers('forget_level2', brief),
    forgetLevel3: answers('forget_level3', brief),
    neighborLevel1: answers('neighbor_level1', blank),
    neighborLevel2: answers('neighbor_level2', brief),
    forget: {
      file: layouts('forget_mia'),
      prompt: null,
      texts: { text: 'text' },
      end: false,
      optional: true,
      distribution: true,
    },
    holdout: {
      file: layouts('retain_mia'),
      prompt: null,
      texts: { text: 'text' },
      end: false,
      optional: true,
      distribution: true,
    },
  },
  metrics: {
    ...Object.fromEntries(
      probes.flatMap((set) => [
        [set, { kind: 'rouge-package', better: better(set), options: { set } }],
        [
          `${set}.rougeScore`,
          { kind: 'rouge', better: better(set), options: { set, stem: false } },
        ],
      ]),
    ),
    membership: {
      kind: 'membership',
      better: { target: 0.5 },
      options: { attack: 'min-k', text: 'text', share: 0.2, dropLast: false },
    },
    fluency: { kind: 'fluency', better: 'higher', options: { set: 'neighborLevel2' } },
  },
  composites: {
    remembered: {
      combine: 'mean',
      better: 'lower',
      of: ['forgetLevel1', 'forgetLevel2', 'forgetLevel3'].map((metric) => ({ metric })),
    },
    neighbours: {
      combine: 'mean',
      better: 'higher',
      of: ['neighborLevel1', 'neighborLevel2'].map((metric) => ({ metric })),
    },
  },
  extras: {
    fluency: {
      description:
        'Fluency as released: an answer of up to 256 tokens to every general instruction.',
      sets: {
        instructions: {
          file: layouts('fluency'),
          prompt: 'instruction',
          template: { prompt: 'Instruction: {question}\n', answer: '{answer}', chat: true },
          // No answer is compared with anything.
          generate: { maxNewTokens: 256, reference: 'instruction' },
        },
      },
      metrics: {
        'fluency.instructions': {
          kind: 'fluency',
          better: 'higher',
          options: { set: 'instructions' },
        },
      },
    },
  },
  ranking: { forget: 'remembered', utility: 'neighbours' },
  // Level 3 asks in nine ways: prefixes, role play, synonyms, another language, and so on.
  reading: { settles: { forgetLevel3: ['paraphrases', 'other languages', 'role play'] } },
})
