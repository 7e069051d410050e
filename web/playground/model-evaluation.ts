import type { EvaluationSet } from '../../src/benchmark/takedown.ts'
import { evenlySpaced } from '../../src/data/evenly-spaced.ts'
import { meanOf } from '../../src/math/mean.ts'
import type { Measurer } from '../../src/measure/score/measurer.ts'
import { answerProbabilities, askProbes, probesOf } from '../../src/run/periodic-evaluation.ts'
import type { RunData } from '../../src/run/run-data.ts'
import type { UtilityCheck } from '../../src/train/stop-conditions.ts'
import type { Evaluation, Said } from './messages.ts'

/** Examples of each set that are scored: enough for a curve, few enough to wait for. */
const scored = 48

/** What the model says to a few questions and how likely the answers are; and what the collapse guard asks for. */
export async function evaluateModel(
  measurer: Measurer,
  data: RunData,
  step: number,
  probes: number,
  maxNewTokens: number,
): Promise<{ seen: Evaluation; check: UtilityCheck }> {
  const probability = async (set: EvaluationSet) =>
    meanOf(await answerProbabilities(evenlySpaced(data[set] ?? [], scored), measurer)) ?? 0
  const said = await askProbes(probesOf(data, probes), maxNewTokens, measurer)
  const samples = said.map(
    ({ set, prompt, reference: answer, generated }): Said => ({ set, prompt, answer, generated }),
  )
  const repetitions = said.flatMap(({ set, repetition }) => (set === 'retain' ? [repetition] : []))
  const forgetProbability = await probability('forget')
  const retainProbability = await probability('retain')
  const seen: Evaluation = { step, forgetProbability, retainProbability, samples }
  return { seen, check: { repetition: meanOf(repetitions) ?? 0, retainProbability } }
}
