import type { StagesPlan } from '../job/stages-plan.ts'
import { bytesText, durationText } from '../units.ts'

/** A line a stage, then all together. */
export function stagesPlanText(plan: StagesPlan): string {
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
  return [...lines, line('all stages', all)].join('')
}

function needs(peakBytes: number, diskBytes: number): string[] {
  return [`peak memory ${bytesText(peakBytes)}`, `disk ${bytesText(diskBytes)}`]
}
