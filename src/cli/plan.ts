import type { Engine } from '../engine/engine.ts'
import { readRecipe } from '../recipe/read.ts'
import { isStaged, readStages, type StagedRecipe } from '../recipe/read-stages.ts'
import { bytesText, durationText } from '../units.ts'
import { collect } from './arguments.ts'
import type { CommandModule } from './command.ts'
import { type EvaluationPlan, evaluationPlan, evaluationText } from './plan-evaluation.ts'
import { stagesPlanText } from './plan-stages.ts'
import { printJson } from './print-error.ts'
import type { Terminal } from './terminal.ts'

const help = `
Counts memory by part from the model's own graph, then times a few real steps on the loaded model.
What cannot fit is refused, with a proposal, before any weight is read. Stages are planned one by one.

Examples:
  $ lethe plan takedown.yaml
  $ lethe plan takedown.yaml --no-probe
  $ lethe plan takedown.yaml --set train.batchSize=2 --json`

interface Flags {
  set: string[]
  probe: boolean
  json?: true
}

export const command: CommandModule = {
  define(command, terminal) {
    command
      .argument('<recipe>', 'An unlearning recipe, or one of stages (.yaml, .yml or .json).')
      .option('--set <path=value>', 'Set a value of the recipe; may be repeated.', collect, [])
      .option('--no-probe', 'Do not load the model to time steps.')
      .addHelpText('after', help)
      .action(async (file: string, flags: Flags) => {
        const { cwd, env } = terminal
        if (await isStaged(file, cwd)) {
          const staged = await readStages(file, { sets: flags.set, cwd, env })
          const { freeMemoryBytes } = await import('../run/run-plan.ts')
          const { planStages } = await import('../job/stages-plan.ts')
          const limits = { freeBytes: freeMemoryBytes() }
          const plan = await withProbe(flags.probe, terminal, (engine) =>
            planStages(staged, limits, engine && { engine, clock }),
          )
          const evaluations = await stageEvaluations(staged, terminal)
          if (flags.json) return printJson({ ok: true, plan: { ...plan, evaluations } }, terminal)
          terminal.out.write(stagesPlanText(plan))
          for (const [name, evaluation] of Object.entries(evaluations))
            terminal.out.write(`${name} is evaluated on ${evaluationText(evaluation)}\n`)
          for (const warning of plan.warnings) terminal.err.write(`warning: ${warning}\n`)
          return undefined
        }
        const { recipe } = await readRecipe(file, { sets: flags.set, cwd, env })
        const { freeMemoryBytes, planRun, probeRun } = await import('../run/run-plan.ts')
        const counted = await planRun(recipe, { freeBytes: freeMemoryBytes() })
        const { planRunEvaluation } = await import('../run/run-evaluation.ts')
        const evaluation = await planRunEvaluation(recipe, recipe.output, terminal)
        const probed = await withProbe(flags.probe, terminal, async (engine) =>
          engine ? probeRun(recipe, counted, engine, clock) : counted,
        )
        const plan = { ...probed, ...(evaluation && { evaluation: evaluationPlan(evaluation) }) }
        if (flags.json) return printJson({ ok: true, plan }, terminal)
        const share = (100 * plan.trainableParameters) / plan.parameters
        const rows: [string, string][] = [
          ['parameters', `${plan.parameters.toLocaleString('en')}`],
          [
            'trainable',
            `${plan.trainableParameters.toLocaleString('en')} (${share.toPrecision(3)} %)`,
          ],
          ['steps', `${plan.totalSteps} (${plan.stepsPerEpoch} per epoch)`],
          ['tokens', `${plan.tokens.toLocaleString('en')}, padding included`],
          ['peak memory', bytesText(plan.peakBytes)],
          ...Object.entries(plan.memoryBytes)
            .filter(([, bytes]) => bytes > 0)
            .map(([part, bytes]): [string, string] => [`  ${part}`, bytesText(bytes)]),
          ['disk', bytesText(plan.diskBytes)],
        ]
        if (plan.seconds !== null && plan.secondsPerStep !== null)
          rows.push([
            'training time',
            `${durationText(plan.seconds)} (${plan.secondsPerStep.toPrecision(3)} s a step)`,
          ])
        if (plan.evaluation) rows.push(['evaluation', evaluationText(plan.evaluation)])
        for (const [name, value] of rows) terminal.out.write(`${name.padEnd(15)} ${value}\n`)
        for (const warning of plan.warnings) terminal.err.write(`warning: ${warning}\n`)
        return undefined
      })
  },
}

/** By stage, of those that are evaluated. */
async function stageEvaluations(
  { stages }: StagedRecipe,
  terminal: Terminal,
): Promise<Record<string, EvaluationPlan>> {
  const { planRunEvaluation } = await import('../run/run-evaluation.ts')
  const found: Record<string, EvaluationPlan> = {}
  for (const stage of stages) {
    if (stage.kind !== 'unlearn') continue
    const evaluation = await planRunEvaluation(stage.recipe, stage.recipe.output, terminal)
    if (evaluation) found[stage.name] = evaluationPlan(evaluation)
  }
  return found
}

const clock = () => performance.now()

/** Gives an engine to time steps on, or null where nothing is to be timed. */
async function withProbe<T>(
  wanted: boolean,
  { err }: Terminal,
  use: (engine: Engine | null) => Promise<T>,
): Promise<T> {
  if (!wanted) return use(null)
  const { createEngine } = await import('../engine/node.ts')
  err.write('timing a few steps …\n')
  const engine = await createEngine()
  try {
    return await use(engine)
  } finally {
    engine.dispose()
  }
}
