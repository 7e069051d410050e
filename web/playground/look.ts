import { spread } from '../../src/data/spread.ts'
import { type Evaluator, greedyAnswers, probeOf } from '../../src/measure/evaluate.ts'
import { repetitionShare } from '../../src/metric/repetition.ts'
import { meanProbability } from '../../src/run/look.ts'
import type { RunData } from '../../src/run/run-data.ts'
import type { UtilityCheck } from '../../src/train/stop-conditions.ts'
import type { Look, Said } from './messages.ts'

/** Examples of each set that are scored: enough for a curve, few enough to wait for. */
const scored = 48

/** What the model says to a few questions and how likely the answers are; and what the collapse guard asks for. */
export async function lookAt(
  evaluator: Evaluator,
  data: RunData,
  step: number,
  probes: number,
): Promise<{ seen: Look; check: UtilityCheck }> {
  const probabilities = { forget: 0, retain: 0 }
  const samples: Said[] = []
  let repetition = 0
  for (const set of ['forget', 'retain'] as const) {
    const examples = data[set] ?? []
    probabilities[set] = (await meanProbability(spread(examples, scored), evaluator)) ?? 0
    const asked = spread(examples, probes)
    const answers = await greedyAnswers(asked, evaluator)
    for (const [i, example] of asked.entries()) {
      const { prompt, answer } = probeOf(example, evaluator.tokenizer)
      samples.push({ set, prompt, answer, generated: answers[i].text })
    }
    if (set === 'retain')
      for (const { tokens } of answers) repetition += repetitionShare(tokens) / answers.length
  }
  const { forget: forgetProbability, retain: retainProbability } = probabilities
  const seen: Look = { step, forgetProbability, retainProbability, samples }
  return { seen, check: { repetition, retainProbability } }
}
