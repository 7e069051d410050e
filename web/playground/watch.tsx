import { type LineChart, lineChart } from '../../src/report/line-chart.ts'
import { diffText } from '../../src/report/text-diff.ts'
import { durationText } from '../../src/units.ts'
import type { Evaluation, Said } from './messages.ts'
import type { ModelState } from './use-worker.ts'

/** Loss, probabilities and texts as forgetting goes on. */
export function Watch({ state: { steps, evaluations, ended, busy } }: { state: ModelState }) {
  if (busy !== 'forgetting' && evaluations.length === 0) return null
  const last = steps.at(-1)
  const now = evaluations.at(-1)
  return (
    <section id="watch">
      <h2>Watch it forget</h2>
      <p role="status" data-testid="progress">
        {ended
          ? `${endText(ended.kind, ended.reason, ended.seconds)} ${stepText(steps)}`
          : last
            ? `Step ${last.step} of ${last.totalSteps}, ${durationText(Math.round(last.etaSeconds))} left`
            : 'Looking at it as it is …'}
      </p>
      {last && <progress value={last.step} max={last.totalSteps} aria-label="Done" />}
      <div class="charts">
        <Figure chart={lossChart(steps)} />
        <Figure chart={probabilityChart(evaluations)} />
      </div>
      {now && (
        <div class="columns">
          {(['forget', 'retain'] as const).map((set) => (
            <div key={set}>
              <h3>
                <span class={`set ${set}`}>{set}</span>{' '}
                {set === 'forget' ? 'to be forgotten' : 'to be kept'}
              </h3>
              {now.samples
                .filter((said) => said.set === set)
                .map((said, i) => (
                  <Probe key={said.prompt} before={samplesOf(evaluations[0], set)[i]} now={said} />
                ))}
            </div>
          ))}
        </div>
      )}
    </section>
  )
}

function samplesOf({ samples }: Evaluation, set: Said['set']): Said[] {
  return samples.filter((said) => said.set === set)
}

function endText(kind: string, reason: string | null, seconds: number): string {
  const after = `after ${durationText(seconds)}`
  if (kind === 'guard') return `Stopped by a guard ${after}: ${reason}`
  return kind === 'interrupted' ? `Stopped ${after}.` : `Done ${after}.`
}

/** Of the median step, since the first one compiles. */
function stepText(steps: ModelState['steps']): string {
  const sorted = steps.map(({ stepMilliseconds }) => stepMilliseconds).sort((a, b) => a - b)
  const median = sorted[sorted.length >> 1]
  return median === undefined ? '' : `${Math.round(median)} ms a step.`
}

function Figure({ chart }: { chart: LineChart }) {
  return <figure dangerouslySetInnerHTML={{ __html: lineChart(chart).text }} />
}

function lossChart(steps: ModelState['steps']): LineChart {
  return {
    title: 'Loss',
    direction: null,
    unit: '',
    xLabel: 'step',
    yScale: 'linear',
    series: [
      {
        name: 'forget',
        tone: 'forget',
        points: steps.map(({ step, forgetLoss }) => ({ x: step, y: forgetLoss })),
      },
      {
        name: 'retain',
        tone: 'retain',
        points: steps.map(({ step, retainLoss }) => ({ x: step, y: retainLoss })),
      },
    ],
  }
}

function probabilityChart(evaluations: readonly Evaluation[]): LineChart {
  return {
    title: 'Probability of an answer’s tokens',
    direction: null,
    unit: '',
    xLabel: 'step',
    yScale: 'linear',
    yInclude: [0, 1],
    series: [
      {
        name: 'forgotten ↓',
        tone: 'forget',
        points: evaluations.map(({ step, forgetProbability }) => ({
          x: step,
          y: forgetProbability,
        })),
      },
      {
        name: 'kept ↑',
        tone: 'retain',
        points: evaluations.map(({ step, retainProbability }) => ({
          x: step,
          y: retainProbability,
        })),
      },
    ],
  }
}

function Probe({ before, now }: { before: Said | undefined; now: Said }) {
  const parts = diffText(before?.generated ?? '', now.generated)
  return (
    <div class="probe">
      <p class="prompt user">{now.prompt}</p>
      <dl>
        <div>
          <dt>before</dt>
          <dd class="user">
            {parts.map(({ kind, text }, i) =>
              kind === 'added' ? null : kind === 'removed' ? <del key={i}>{text}</del> : text,
            )}
          </dd>
        </div>
        <div>
          <dt>now</dt>
          <dd class="user">
            {now.generated === '' && <span class="empty">(nothing)</span>}
            {parts.map(({ kind, text }, i) =>
              kind === 'removed' ? null : kind === 'added' ? <ins key={i}>{text}</ins> : text,
            )}
          </dd>
        </div>
      </dl>
    </div>
  )
}
