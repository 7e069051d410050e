import type { EventOf } from '../../run/events.ts'
import { type LineChart, lineChart, type Point, type Series } from '../line-chart.ts'
import { html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'
import { movingMean, thin } from '../series.ts'

type Step = EventOf<'step'>

const POINTS = 400

/** The view of curves: how they are drawn where the reader may choose. */
export interface CurveView {
  /** Of losses; the other axes are what they are. */
  readonly scale: 'linear' | 'log'
  readonly smooth: boolean
  /** Of a longer run so many steps are drawn, evenly spread; all unless given. */
  readonly mostSteps?: number
}

/** The section of curves: how training went, step by step. */
export function curves(data: ReportData, view: CurveView): Markup | null {
  if (data.steps.length === 0) return null
  const { steps } = data
  const window = view.smooth ? smoothing(steps.length) : 1
  const tones = ['forget', 'retain'] as const
  const line = (
    name: string,
    tone: Series['tone'],
    pick: (step: Step) => number | null,
  ): Series => {
    const points = steps.map((step) => ({ x: step.step, y: pick(step) }))
    return window > 1
      ? { name, tone, points: thin(movingMean(points, window), POINTS), raw: thin(points, POINTS) }
      : { name, tone, points: thin(points, POINTS) }
  }
  const apart = view.mostSteps ? distance(steps) : 1
  const common = { xLabel: 'step', marks: marksOf(data) }
  const charts: LineChart[] = [
    ...evaluationCharts(data).map((chart) => ({ ...common, ...chart })),
    ...tones.map(
      (set): LineChart => ({
        ...common,
        title: set === 'forget' ? 'Forget loss' : 'Retain loss',
        direction: 'lower',
        unit: 'nats',
        yScale: view.scale,
        series: [line(set, set, ({ losses }) => losses[set])],
      }),
    ),
    {
      ...common,
      title: 'Gradient norms',
      direction: null,
      unit: 'L2',
      yScale: 'log',
      series: [
        ...tones.map((set) => line(set, set, ({ gradientNorms }) => gradientNorms[set])),
        line('update', 'neutral', ({ gradientNorms }) => gradientNorms.update),
      ],
    },
    {
      ...common,
      title: 'Forget against retain gradient',
      direction: null,
      unit: 'cosine',
      yScale: 'linear',
      yInclude: [-1, 0, 1],
      series: [line('cosine', 'neutral', ({ cosine }) => cosine)],
    },
    {
      ...common,
      title: 'Learning rate',
      direction: null,
      unit: '',
      yScale: 'linear',
      yInclude: [0],
      series: [
        {
          name: 'learning rate',
          tone: 'neutral',
          points: thin(
            steps.map(({ step, learningRate }) => ({ x: step, y: learningRate })),
            POINTS,
          ),
        },
      ],
    },
  ]
  const drawn = charts
    .map((chart) => ({ ...chart, series: chart.series.filter(hasPoints) }))
    .filter(({ series }) => series.length > 0)
  return html`<section id="curves"><h2>Training</h2>
<p class="note">${apart > 1 && `Here of every ${apart} steps one, in the run’s report.html all. `}${window > 1 && `Strong lines: mean over ${window * apart} steps; faint lines: each step. `}Dotted lines: ends of epochs. The number beside a name is its last value.</p>
<div class="charts">${drawn.map((chart) => html`<figure>${lineChart(chart)}</figure>`)}</div>
</section>`
}

/** Steps from one that is there to the next. */
function distance(steps: readonly Step[]): number {
  const [first, last] = [steps[0].step, steps[steps.length - 1].step]
  return Math.max(1, Math.round((last - first) / Math.max(1, steps.length - 1)))
}

/** Odd window of about a fifteenth of the run; none for short runs. */
function smoothing(steps: number): number {
  return steps < 45 ? 1 : 2 * Math.floor(steps / 30) + 1
}

/** ROUGE-L and probability while training, where the run was evaluated in between. */
function evaluationCharts({ evaluations }: ReportData) {
  if (!evaluations.some(({ phase }) => phase === 'during')) return []
  return [
    { id: 'rougeL', title: 'ROUGE-L recall' },
    { id: 'probability', title: 'Answer probability' },
  ].map(({ id, title }) => ({
    title,
    direction: null,
    unit: 'share',
    yScale: 'linear' as const,
    yInclude: [0, 1],
    series: (['forget', 'retain'] as const).map((set): Series => {
      const own = evaluations
        .filter(({ metric }) => metric === `${set}.${id}`)
        .sort((a, b) => Number(b.phase === 'before') - Number(a.phase === 'before'))
      const arrow = set === 'forget' ? '↓' : '↑'
      return {
        name: `${set} ${arrow}`,
        tone: set,
        points: own.map(
          ({ step, phase, value }): Point => ({ x: phase === 'before' ? 0 : step, y: value }),
        ),
      }
    }),
  }))
}

function marksOf({ steps, notices }: ReportData) {
  const epochs = steps.flatMap(({ step, epoch }, i) =>
    i + 1 < steps.length && steps[i + 1].epoch !== epoch ? [{ x: step + 0.5, label: null }] : [],
  )
  const guards = notices.flatMap((notice) =>
    notice.type === 'guard.tripped' ? [{ x: notice.step, label: 'guard' }] : [],
  )
  return [...(epochs.length > 40 ? [] : epochs), ...guards]
}

function hasPoints({ points }: Series): boolean {
  return points.some(({ y }) => y !== null && Number.isFinite(y))
}
