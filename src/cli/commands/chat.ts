import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Message } from '../../checkpoint/chat-template.ts'
import { formatProblem } from '../../error.ts'
import { numberBetween, wholeNumber } from '../arguments.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Without --prompt, asks for a line at a time until it is empty. With a chat template the model sees
the whole conversation; without one, each question by itself.

Examples:
  $ lethe chat runs/demo/model
  $ lethe chat ./my-model --prompt "Where was Loruna Nettlebeck born?"
  $ lethe chat ./my-model --temperature 0.8 --top-p 0.95 --seed 1`

interface Flags {
  prompt?: string
  maxNewTokens: number
  temperature: number
  topP: number
  seed: number
  json?: true
}

export const command: CommandModule = {
  define(command, terminal) {
    command
      .argument('<model>', 'A Hugging Face model folder, a GGUF file, or a run.')
      .option('--prompt <text>', 'Answer this and stop.')
      .option('--max-new-tokens <count>', 'Longest answer, in tokens.', wholeNumber(1), 128)
      .option(
        '--temperature <number>',
        '0: the most likely token; higher: freer.',
        numberBetween(0, Infinity),
        0,
      )
      .option(
        '--top-p <share>',
        'Draw among the likeliest tokens of this share.',
        numberBetween(0, 1),
        1,
      )
      .option('--seed <number>', 'Seed of the draws.', wholeNumber(0), 0)
      .addHelpText('after', help)
      .action(async (path: string, flags: Flags) => {
        const { openChat } = await import('../../run/chat-session.ts')
        const { modelAt } = await import('../../run/exported-states.ts')
        const chat = await openChat(modelAt(resolve(terminal.cwd, path)), flags)
        for (const note of chat.notes) terminal.err.write(`note: ${formatProblem(note)}\n`)
        try {
          if (flags.prompt !== undefined) {
            const answer = await chat.answer([{ role: 'user', content: flags.prompt }])
            if (flags.json) printJson({ ok: true, prompt: flags.prompt, answer }, terminal)
            else terminal.out.write(`${answer}\n`)
            return
          }
          const lines = createInterface({ input: process.stdin, output: process.stderr })
          const messages: Message[] = []
          for (;;) {
            const content = (await lines.question('> ').catch(() => '')).trim()
            if (content === '') break
            messages.push({ role: 'user', content })
            const answer = await chat.answer(messages)
            terminal.out.write(`${answer}\n`)
            if (chat.remembers) messages.push({ role: 'assistant', content: answer })
            else messages.length = 0
          }
          lines.close()
        } finally {
          chat.close()
        }
      })
  },
}
