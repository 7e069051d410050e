import { resolve } from 'node:path'
import { writeFileAtomic } from '../../files/atomic.ts'
import { numberBetween, wholeNumber } from '../arguments.ts'
import { everyTenth } from '../every-tenth.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Samples plausible other answers to the questions of a forget set from the model itself, and writes
them as {question, chosen, rejected} for method alt-po ({prompt, chosen, rejected} where the forget
set has no questions). Answers too much like the one to be forgotten are dropped.

Examples:
  $ lethe alternates ./my-model --forget forget.jsonl --output pairs.jsonl
  $ lethe alternates ./my-model --forget forget.jsonl --output pairs.jsonl --count 8 --seed 1`

interface Flags {
  forget: string
  output: string
  count: number
  temperature: number
  maxNewTokens: number
  mostRecall: number
  seed: number
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, _, next) {
    command
      .argument('<model>', 'A Hugging Face model folder: the model that is to forget.')
      .requiredOption('--forget <file>', 'Questions with the answers to be forgotten.')
      .requiredOption('--output <file>', 'The pairs, one JSON object a line.')
      .option('--count <number>', 'Answers sampled for each question.', wholeNumber(1), 5)
      .option('--temperature <number>', 'Higher: freer.', numberBetween(0, Infinity), 1)
      .option('--max-new-tokens <number>', 'Longest answer, in tokens.', wholeNumber(1), 200)
      .option(
        '--most-recall <share>',
        'Most ROUGE-L recall of the answer to be forgotten that an alternate may have.',
        numberBetween(0, 1),
        0.6,
      )
      .option('--seed <number>', 'Seed of the draws.', wholeNumber(0), 0)
      .addHelpText('after', help)
      .action(async (model: string, { json, output, ...flags }: Flags) => {
        const { sampleAlternates } = await import('../../job/sample-alternates.ts')
        const isTenth = everyTenth()
        const found = await sampleAlternates({
          ...flags,
          model: resolve(terminal.cwd, model),
          tell: (step) => {
            const { done, of } = step
            if (isTenth(step))
              terminal.err.write(`  ${Math.floor((100 * done) / of)} %  ${done}/${of} questions\n`)
          },
        })
        const { pairs, ...counts } = found
        const text = pairs.map((pair) => `${JSON.stringify(pair)}\n`).join('')
        await writeFileAtomic(resolve(terminal.cwd, output), text)
        next(['init', 'takedown.yaml', '--method', 'alt-po', '--model', model, '--forget', output])
        if (json) return printJson({ ok: true, output, pairs: pairs.length, ...counts }, terminal)
        terminal.out.write(
          `wrote ${pairs.length} pairs to ${output}; of ${counts.sampled} answers ${counts.repeated} were repeats and ${counts.alike} too much like the one to be forgotten; ${counts.without} questions have none\n`,
        )
        return undefined
      })
  },
}
