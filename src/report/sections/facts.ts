import { automaticWords } from '../../run/automatic-words.ts'
import { count, span, time } from '../format.ts'
import { type Content, html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'

/** The section of facts, what the numbers are about: model, method, data, time. */
export function facts(data: ReportData): Markup {
  return html`<dl class="facts">${factsOf(data).map(([term, value]) => html`<div><dt>${term}</dt><dd class="user">${value}</dd></div>`)}</dl>`
}

function factsOf({ started, finished, steps, runId }: ReportData): [string, Content][] {
  if (!started) return [['Run', runId]]
  const { model, method, data, seed } = started
  const set = (name: 'forget' | 'retain') => {
    const source = data[name]
    if (!source) return 'none'
    const from = source.automatic ? ` · ${automaticWords}` : ''
    const also = source.general
      ? `; and ${count(source.general)} answers of the starting model to general prompts`
      : ''
    return `${count(source.examples)} examples · ${source.path}${from}${also}`
  }
  return [
    ['Model', `${model.name} · ${model.modelType}`],
    ['Method', `${method.title}: ${method.summary}`],
    ['Source', method.source],
    ['Trained', `${count(model.trainableParameters)} of ${count(model.parameters)} parameters`],
    ['Forget set', set('forget')],
    ['Retain set', set('retain')],
    ['Steps', `${count(steps.at(-1)?.step ?? 0)} · seed ${seed}`],
    ['When', finished ? span(started.ts, finished.ts) : time(started.ts)],
  ]
}
