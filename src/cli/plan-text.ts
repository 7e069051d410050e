import type { EvaluationPlan, RunJobPlan, StagesJobPlan } from '../job/plan-job.ts'
import { bytesText, durationText } from '../units.ts'

/** A run's plan, a line each. */
export function runPlanText(plan: RunJobPlan): string {
  const share = (100 * plan.trainableParameters) / plan.parameters
  const rows: [string, string][] = [
    ['parameters', `${plan.parameters.toLocaleString('en')}`],
    ['trainable', `${plan.trainableParameters.toLocaleString('en')} (${share.toPrecision(3)} %)`],
    ...(plan.withinSeconds === null
      ? [
          ['steps', `${plan.totalSteps} (${plan.stepsPerEpoch} per epoch)`] as [string, string],
          ['tokens', `${plan.tokens.toLocaleString('en')}, padding included`] as [string, string],
        ]
      : [
          [
            'steps',
            `as many as the goal takes, in ${durationText(plan.withinSeconds)} at most`,
          ] as [string, string],
        ]),
    ['peak memory', bytesText(plan.peakBytes)],
    ...Object.entries(plan.memoryBytes)
      .filter(([, bytes]) => bytes > 0)
      .map(([part, bytes]): [string, string] => [`  ${part}`, bytesText(bytes)]),
    ['disk', bytesText(plan.diskBytes)],
  ]
  if (plan.seconds !== null && plan.partSeconds !== null) {
    rows.push(['time', `at most ${durationText(plan.seconds)}`])
    for (const [part, seconds] of Object.entries(plan.partSeconds)) {
      const perStep =
        part === 'training' ? ` (${plan.secondsPerStep?.toPrecision(3)} s a step)` : ''
      if (seconds > 0) rows.push([`  ${part}`, `${durationText(seconds)}${perStep}`])
    }
  }
  if (plan.evaluation) rows.push(['evaluation', evaluationText(plan.evaluation)])
  return rows.map(([name, value]) => `${name.padEnd(15)} ${value}\n`).join('')
}

/** A line a stage, then all together. */
export function stagesPlanText(plan: StagesJobPlan): string {
  const width = Math.max(...plan.stages.map(({ name }) => name.length), 'all stages'.length)
  const time = (seconds: number | null) => (seconds === null ? [] : [durationText(seconds)])
  const line = (name: string, parts: readonly string[]) =>
    `${name.padEnd(width)}  ${parts.join(', ')}\n`
  const lines = plan.stages.map((stage) => {
    if (stage.kind !== 'unlearn')
      return line(stage.name, [stage.kind, ...needs(stage.peakBytes, stage.diskBytes)])
    const { totalSteps, peakBytes, diskBytes, seconds } = stage.plan
    return line(stage.name, [
      `${totalSteps} steps`,
      ...needs(peakBytes, diskBytes),
      ...time(seconds),
    ])
  })
  const { totalSteps, peakBytes, diskBytes, seconds } = plan
  const all = [`${totalSteps} steps`, ...needs(peakBytes, diskBytes), ...time(seconds)]
  const evaluated = Object.entries(plan.evaluations).map(
    ([name, evaluation]) => `${name} is evaluated on ${evaluationText(evaluation)}\n`,
  )
  return [...lines, line('all stages', all), ...evaluated].join('')
}

function needs(peakBytes: number, diskBytes: number): string[] {
  return [`peak memory ${bytesText(peakBytes)}`, `disk ${bytesText(diskBytes)}`]
}

/** `tofu/forget05: 1,017 rows of 5 sets; no data for holdout`. */
function evaluationText({ benchmark, rows, missingSets }: EvaluationPlan): string {
  const counts = Object.values(rows)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const without = missingSets.length > 0 ? `; no data for ${missingSets.join(', ')}` : ''
  return `${benchmark}: ${total.toLocaleString('en')} rows of ${counts.length} sets${without}`
}
