import { relative, resolve } from 'node:path'
import { formatProblem, UserError } from '../error.ts'
import { planRunJob, type RunJobPlan } from '../job/plan-job.ts'
import { methods } from '../method/methods.ts'
import { count } from '../report/format.ts'
import { html, type Markup } from '../report/markup.ts'
import { bytesText } from '../units.ts'
import { checkedRecipe, type LaunchOptions } from './launch.ts'
import { type FormField, type FormSection, recipeForm, recipeText } from './recipe-form.ts'

/** Sections that are open at the start; the rest of a recipe is rarely touched. */
const usual = new Set(['run', 'method'])
const usualFields = new Set([
  'forget.path',
  'retain.path',
  'train.epochs',
  'train.steps',
  'train.batchSize',
  'train.learningRate',
])

/**
 * A form of every key of a recipe, beside the file and the command that it equals, and what the run will take.
 *
 * @param values of the form, by name, as the address says them
 */
export async function newRunPage(
  values: Readonly<Record<string, string>>,
  options: LaunchOptions,
): Promise<Markup> {
  const method = methods.has(values['method.id'] ?? '') ? values['method.id'] : 'blur'
  const sections = recipeForm(method)
  const filled = {
    output: `${relative(options.cwd, resolve(options.root)) || '.'}/new-run`,
    'method.id': method,
    ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')),
  }
  const recipe = recipeText(sections, filled)
  const checked = await planOf(recipe, options)
  return html`<h1>New run</h1>
<div class="new-run">
<form method="get" id="new-run">
${sections.map((section) => formSection(section, filled))}
<button>Update</button>
</form>
<div class="preview" id="preview" aria-live="polite">
<section><h2>Recipe</h2><pre class="user">${recipe}</pre>
<p class="note"><code>lethe run recipe.yaml</code></p></section>
${'plan' in checked ? planned(checked.plan) : html`<section><h2>What is missing</h2>${checked.problems.map((problem) => html`<p class="notice failed user">${problem}</p>`)}</section>`}
<form method="post" action="/runs"><input type="hidden" name="recipe" value="${recipe}">
<button class="main"${'plan' in checked ? '' : html` disabled`}>Start</button></form>
</div></div>
<script src="/studio.js" defer data-form="new-run"></script>`
}

async function planOf(
  text: string,
  options: LaunchOptions,
): Promise<{ plan: RunJobPlan } | { problems: string[] }> {
  try {
    const { recipe } = await checkedRecipe(text, options)
    return { plan: await planRunJob(recipe, false, { ...options, tell() {} }) }
  } catch (error) {
    if (error instanceof UserError) return { problems: error.problems.map(formatProblem) }
    throw error
  }
}

function planned(plan: RunJobPlan): Markup {
  const rows = [
    ['Steps', `${count(plan.totalSteps)}, ${count(plan.stepsPerEpoch)} an epoch`],
    ['Trained', `${count(plan.trainableParameters)} of ${count(plan.parameters)} parameters`],
    ['Peak memory', bytesText(plan.peakBytes)],
    ['Disk', bytesText(plan.diskBytes)],
    ...(plan.evaluation ? [['Measured on', plan.evaluation.benchmark]] : []),
  ]
  return html`<section><h2>Plan</h2><dl class="facts">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}<div><dt>Training time</dt><dd id="time"><button type="button" data-time>Time a few steps</button></dd></div></dl>
${plan.warnings.map((warning) => html`<p class="notice">${warning}</p>`)}</section>`
}

function formSection({ title, fields }: FormSection, values: Readonly<Record<string, string>>) {
  const often = fields.filter(({ name }) => usual.has(title) || usualFields.has(name))
  const rarely = fields.filter((field) => !often.includes(field))
  const isUsed = rarely.some(({ name, fallback }) => (values[name] ?? fallback) !== fallback)
  return html`<fieldset><legend>${title}</legend>
${often.map((field) => formField(field, values[field.name]))}
${rarely.length > 0 && html`<details${isUsed && html` open`}><summary>${rarely.length} more of ${title}</summary>${rarely.map((field) => formField(field, values[field.name]))}</details>`}
</fieldset>`
}

function formField(field: FormField, value = ''): Markup {
  const { name, description, kind, choices, fallback, required } = field
  const id = `field-${name}`
  const control =
    kind === 'choice'
      ? html`<select id="${id}" name="${name}">${!required && html`<option value="">${fallback === '' ? '' : `${fallback} (default)`}</option>`}${choices.map((choice) => html`<option${choice === value && html` selected`}>${choice}</option>`)}</select>`
      : html`<input id="${id}" name="${name}" value="${value}" placeholder="${fallback}"${kind === 'number' && html` inputmode="decimal"`}>`
  return html`<div class="field"><label for="${id}">${name.replace(/^[^.]+\./, '')}</label>${control}<small>${description}</small></div>`
}
