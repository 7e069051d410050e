import { evaluationSets } from '../../src/benchmark/takedown.ts'
import { evenlySpaced } from '../../src/data/evenly-spaced.ts'
import type { Measurer } from '../../src/measure/score/measurer.ts'
import { askProbes, meanProbability } from '../../src/run/periodic-evaluation.ts'
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
  const probabilities = { forget: 0, retain: 0 }
  const samples: Said[] = []
  let repetition = 0
  for (const set of evaluationSets) {
    const examples = data[set] ?? []
    probabilities[set] = (await meanProbability(evenlySpaced(examples, scored), measurer)) ?? 0
    const asked = await askProbes(set, evenlySpaced(examples, probes), maxNewTokens, measurer)
    for (const { index: _, ...said } of asked.said) samples.push(said)
    if (set === 'retain') repetition = asked.repetition
  }
  const { forget: forgetProbability, retain: retainProbability } = probabilities
  const seen: Evaluation = { step, forgetProbability, retainProbability, samples }
  return { seen, check: { repetition, retainProbability } }
}
