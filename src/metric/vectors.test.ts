import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { needing, shared, sharedPath } from '../../test/helpers/needs.ts'
import {
  attackCloseness,
  choiceCorrect,
  exactMemorisation,
  extractionStrength,
  groupAccuracy,
  harmonicMean,
  ksTwoSample,
  leakAtK,
  lossAttack,
  metricQuality,
  minKAttack,
  minKPlusPlusAttack,
  ngramEntropy,
  ngramFluency,
  optionProbability,
  privLeak,
  privLeakMuse,
  quantisationRobustness,
  relativeDifference,
  relearningRobustness,
  rocAuc,
  rouge1,
  rougeL,
  semevalExactMatch,
  semevalFinalScore,
  semevalMembershipScore,
  semevalRowKind,
  semevalTaskAggregate,
  truthRatio,
  truthRatioArithmetic,
  truthRatioScore,
  unlearningDepth,
  zlibLength,
} from './index.ts'

// biome-ignore lint/suspicious/noExplicitAny: the files are data of many shapes, checked by what is computed from them
type Vectors = any
const golden = (name: string): Vectors =>
  JSON.parse(readFileSync(`test/golden/${name}.json`, 'utf8'))
const vectors = (name: string): Vectors =>
  JSON.parse(readFileSync(sharedPath(`vectors/${name}.json`), 'utf8'))

/** Both numbers, so that a failure shows which case it was. */
function expectNear(got: number, expected: number, tolerance: number, what: string) {
  const difference = Math.abs(got - expected) / Math.max(1, Math.abs(expected))
  expect(difference <= tolerance ? what : `${what}: expected ${expected}, got ${got}`).toBe(what)
}
function expectRelative(got: number, expected: number, tolerance: number, what: string) {
  const near = Math.abs(got - expected) <= tolerance * Math.abs(expected)
  expect(near ? what : `${what}: expected ${expected}, got ${got}`).toBe(what)
}

describe('against committed vectors', () => {
  test('Kolmogorov–Smirnov equals scipy, ties and unequal sizes included, to 1e-9', () => {
    const { cases, large } = golden('ks')
    for (const { a, b, statistic, p } of cases) {
      const result = ksTwoSample(a, b)
      const what = `${a.length} against ${b.length}`
      expectNear(result.statistic, statistic, 1e-12, what)
      expectRelative(result.pValue, p, 1e-9, what)
    }
    for (const { n, m, shift, statistic, p } of large) {
      const a = Array.from({ length: n }, (_, i) => ((7919 * i) % 10007) / 10007)
      const b = Array.from(
        { length: m },
        (_, i) => (((104729 * i) % 10007) / 10007) * (1 - shift) + shift,
      )
      const result = ksTwoSample(a, b)
      expectNear(result.statistic, statistic, 1e-12, `${n} against ${m}`)
      expectRelative(result.pValue, p, 1e-9, `${n} against ${m}`)
    }
  })

  test('AUC equals scipy’s rank statistic, ties included', () => {
    for (const { negatives, positives, auc } of golden('auc').cases)
      expectNear(rocAuc(negatives, positives), auc, 1e-12, `${negatives.length}`)
  })

  test('compressed lengths equal CPython’s', () => {
    for (const { text, length } of golden('zlib').cases)
      expect([text, zlibLength(text)]).toEqual([text, length])
  })

  test('token metrics', () => {
    for (const one of golden('vectors/token_metrics').cases) {
      const firstChoice = one.labels.map((label: number, t: number) => label === one.argmax[t])
      const inner = firstChoice.slice(0, -1)
      const { excluding_last: known } = one
      const memorised = exactMemorisation(inner)
      if (known.exact_memorization === null) expect(memorised).toBeNaN()
      else expectNear(memorised, known.exact_memorization, 1e-12, one.id)
      expectNear(extractionStrength(inner), known.extraction_strength_unfloored, 1e-12, one.id)
      const released = extractionStrength(inner, 'released')
      expectNear(released, known.extraction_strength_open_unlearning, 1e-12, one.id)
      const logProbs: number[] = one.token_logprobs
      expectNear(lossAttack({ text: '', logProbs }), one.avg_loss_incl_last, 1e-9, one.id)
      const stats = one.logits.map((row: number[]) => distribution(row))
      const scores = {
        text: '',
        logProbs: logProbs.slice(0, -1),
        meanLogProbs: stats.map(({ mean }: { mean: number }) => mean).slice(0, -1),
        varianceLogProbs: stats.map(({ variance }: { variance: number }) => variance).slice(0, -1),
      }
      for (const [share, value] of Object.entries(known.min_k))
        expectNear(minKAttack(scores, Number(share)), value as number, 1e-9, one.id)
      for (const [share, value] of Object.entries(known.min_k_plus_plus))
        expectNear(minKPlusPlusAttack(scores, Number(share)), value as number, 1e-9, one.id)
    }
  })

  test('truth ratios in every definition, option probability, harmonic mean', () => {
    const { truth_ratio, harmonic_mean } = golden('vectors/truth_ratio_and_utility')
    for (const one of truth_ratio) {
      const losses = one.items.map((item: Vectors) => ({
        correct: item.loss_correct,
        wrong: item.loss_wrong,
      }))
      for (const [i, item] of one.items.entries()) {
        expectNear(truthRatio(losses[i]), item.TR, 1e-12, one.id)
        expectNear(truthRatioArithmetic(losses[i]), item.TR_arithmetic_paper, 1e-12, one.id)
        expectNear(optionProbability(losses[i]), item.prob_w_options, 1e-12, one.id)
      }
      for (const [aggregate, known] of [
        ['closerToOneBetter', one.closer_to_1_better],
        ['trueBetter', one.true_better],
        ['probMean', one.prob_mean],
      ] as const) {
        const values = losses.map((item: Vectors) => truthRatioScore(item, aggregate))
        const mean = values.reduce((a: number, b: number) => a + b, 0) / values.length
        expectNear(mean, known, 1e-12, `${one.id} ${aggregate}`)
      }
    }
    for (const { values, hmean } of harmonic_mean)
      expectNear(harmonicMean(values), hmean, 1e-12, `${values}`)
  })

  test('attack AUC and privacy leakage in both conventions', () => {
    for (const one of golden('vectors/mia_auc_privleak').cases) {
      const auc = rocAuc(one.forget_scores, one.holdout_scores)
      expectNear(auc, one.auc_holdout_is_positive, 1e-9, one.id)
      for (const reference of [0.5, 0.4772, 0.9]) {
        const known = one[`ref_${reference}`]
        expectNear(privLeak(auc, reference), known.privleak_open_unlearning, 1e-9, one.id)
        expectNear(relativeDifference(auc, reference), known.rel_diff, 1e-9, one.id)
        const muse = known['privleak_muse_if_muse_auc=1-auc']
        expectNear(privLeakMuse(1 - auc, reference), muse, 1e-9, one.id)
        expectNear(attackCloseness(auc, reference), known.s_mia, 1e-9, one.id)
      }
    }
  })

  test('meta-evaluation, leak@k, n-gram entropy, unlearning depth', () => {
    const known = golden('vectors/meta_eval_and_misc')
    for (const one of known.relearn_R) {
      const retain = { before: one.ret_before, after: one.ret_after }
      const unlearned = { before: one.unl_before, after: one.unl_after }
      expectNear(relearningRobustness({ retain, unlearned }), one.R, 1e-12, one.id)
    }
    for (const { before, after, Q } of known.quantization_Q)
      expectNear(quantisationRobustness(before, after), Q, 1e-12, 'Q')
    for (const { R, Q, faithfulness, robustness, overall } of known.harmonic) {
      const quality = metricQuality({ faithfulness, relearning: R, quantisation: Q })
      expectNear(quality.robustness, robustness, 1e-12, 'robustness')
      expectNear(quality.overall, overall, 1e-12, 'overall')
    }
    for (const { n, c, k, leak } of known.leak_at_k)
      expectNear(leakAtK(n, c, k), leak, 1e-12, `leak@${k} of ${n}`)
    for (const { tokens, H2, H3, fluency } of known.ngram_entropy) {
      expectNear(ngramEntropy(tokens, 2), H2, 1e-12, `${tokens}`)
      expectNear(ngramEntropy(tokens, 3), H3, 1e-12, `${tokens}`)
      expectNear(ngramFluency(tokens), fluency, 1e-12, `${tokens}`)
    }
    for (const { id, delta1_delta2, tau, uds } of known.uds) {
      const layers = delta1_delta2.map(([reference, unlearned]: number[]) => {
        return { reference, unlearned }
      })
      expectNear(unlearningDepth(layers, tau), uds, 1e-12, id)
    }
  })
})

describe('against ../shared/vectors', needing(shared('vectors')), () => {
  test('Kolmogorov–Smirnov: every case, every step of the lattice, saturation', () => {
    const known = vectors('ks_2samp')
    for (const { id, a, b, D, h, p_exact } of known.cases) {
      const result = ksTwoSample(a, b)
      expectNear(result.statistic, D, 1e-12, id)
      expect([id, result.steps]).toEqual([id, h])
      expectRelative(result.pValue, p_exact, 1e-9, id)
    }
    for (const [size, byStep] of Object.entries(known.equal_n_exact_p_by_h))
      for (const [step, p] of Object.entries(byStep as Record<string, number>)) {
        const n = Number(size)
        const a = Array.from({ length: n }, (_, i) => i)
        const b = a.map((x) => x + Number(step) - 0.5)
        expectRelative(ksTwoSample(a, Number(step) === 0 ? a : b).pValue, p, 1e-9, `${n}: ${step}`)
      }
  })

  test('ROUGE with and without stemming', () => {
    for (const one of vectors('rouge').cases)
      for (const [stem, known] of [
        [true, one.stem_true],
        [false, one.stem_false],
      ])
        for (const [score, { precision, recall, fmeasure }] of [
          [rougeL(one.reference, one.candidate, { stem }), known.rougeL],
          [rouge1(one.reference, one.candidate, { stem }), known.rouge1],
        ]) {
          expectNear(score.precision, precision, 1e-12, one.id)
          expectNear(score.recall, recall, 1e-12, one.id)
          expectNear(score.f, fmeasure, 1e-12, one.id)
        }
  })

  test('compressed lengths', () => {
    for (const { text, zlib_len_level_default } of vectors('zlib').cases)
      expect([text, zlibLength(text)]).toEqual([text, zlib_len_level_default])
  })

  test('SemEval: recorded runs, edge cases, rows', () => {
    const known = vectors('semeval_task4')
    const tasks = (set: Vectors) =>
      ['Task1', 'Task2', 'Task3'].map((task) => ({
        regurgitation: set[task]['regurgitation-score'],
        knowledge: set[task]['knowledge-score'],
      }))
    for (const { run, recorded } of known.recorded_runs) {
      const taskAggregate = semevalTaskAggregate({
        forget: tasks(recorded['forget-set']),
        retain: tasks(recorded['retain-set']),
      })
      expectNear(taskAggregate, recorded['harmonic-mean-task-aggregate'], 1e-12, run)
      const membership = semevalMembershipScore(recorded.mia_loss_acc)
      expectNear(membership, recorded.mia_final_score, 1e-12, run)
      const final = semevalFinalScore({
        taskAggregate,
        membership,
        mmlu: recorded.mmlu_average,
      })
      expectNear(final, recorded['aggregate-score'], 1e-12, run)
    }
    for (const one of known.synthetic) {
      const taskAggregate = harmonicMean(one.terms)
      const membership = semevalMembershipScore(one.mia_auc_members_positive)
      expectNear(taskAggregate, one.task_aggregate, 1e-12, one.id)
      expectNear(membership, one.mia_final, 1e-12, one.id)
      const final = semevalFinalScore({ taskAggregate, membership, mmlu: one.mmlu })
      expectNear(final, one.final, 1e-12, one.id)
    }
    for (const { output, expected, match } of known.exact_match)
      expect(semevalExactMatch(expected, output)).toBe(match)
    for (const { id, kind } of known.row_kind) expect(semevalRowKind(id)).toBe(kind)
  })

  test('multiple choice: ties, groups, a recorded MMLU run', () => {
    const { items, group, mmlu_run } = vectors('multiple_choice')
    for (const { loglik, gold, acc } of items) expect(choiceCorrect(loglik, gold)).toBe(acc)
    const wmdp = Object.entries(group.wmdp_sizes as Record<string, number>).map(([task, size]) => ({
      accuracy: group.acc[task],
      size,
    }))
    expectNear(groupAccuracy(wmdp), group.micro, 1e-12, 'wmdp')
    const subjects = Object.values(
      mmlu_run.subjects_correct_total as Record<string, [number, number]>,
    ).map(([correct, size]) => ({ accuracy: correct / size, size }))
    expectNear(groupAccuracy(subjects), mmlu_run.recorded_average_acc, 1e-12, 'mmlu')
  })
})

const tofu = 'data/tofu/full.json'
test('compressed lengths of all 4,000 answers of TOFU', needing(shared(tofu)), () => {
  const lines = readFileSync(sharedPath(tofu), 'utf8').split('\n').filter(Boolean)
  const lengths = lines.map((line) => zlibLength(JSON.parse(line).answer))
  expect(lengths).toEqual(golden('zlib').tofu.lengths)
})

/** Mean and variance of log p under p, from logits, in float64: as the definition says. */
function distribution(logits: number[]): { mean: number; variance: number } {
  const most = Math.max(...logits)
  const total = logits.reduce((sum, z) => sum + Math.exp(z - most), 0)
  const logProbs = logits.map((z) => z - most - Math.log(total))
  const mean = logProbs.reduce((sum, logProb) => sum + Math.exp(logProb) * logProb, 0)
  const square = logProbs.reduce((sum, logProb) => sum + Math.exp(logProb) * logProb ** 2, 0)
  return { mean, variance: square - mean ** 2 }
}
