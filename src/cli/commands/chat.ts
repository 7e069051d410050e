import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Option } from 'commander'
import type { Message } from '../../checkpoint/chat-template.ts'
import { formatProblem } from '../../error.ts'
import type { Chat } from '../../run/chat-session.ts'
import { numberBetween, wholeNumber } from '../arguments.ts'
import { printJson } from '../print-error.ts'
import type { Terminal } from '../terminal.ts'
import type { CommandModule } from './command.ts'

const help = `
Without --prompt and --file, asks for a line at a time until it is empty. With a chat template the model
sees the whole conversation; without one, each question by itself. A file has records of any shape that
lethe run reads, or {question} alone; with --json each answer is a line, beside the record's own.

Examples:
  $ lethe chat runs/demo/model
  $ lethe chat ./my-model --prompt "Where was Loruna Nettlebeck born?" --system "Answer in one word."
  $ lethe chat runs/takedown --file forget.jsonl --json > answers.jsonl
  $ lethe chat ./my-model --temperature 0.8 --top-p 0.95 --seed 1`

interface Flags {
  prompt?: string
  file?: string
  system?: string
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
      .addOption(
        new Option(
          '--file <questions>',
          'Answer each question of a .jsonl or .json file.',
        ).conflicts('prompt'),
      )
      .option('--system <text>', 'What the model is told before the first question.')
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
        const { cwd, err, out } = terminal
        err.write(`opening ${path} …\n`)
        const { openChat } = await import('../../run/chat-session.ts')
        const { modelAt } = await import('../../run/exported-states.ts')
        const { loadQuestions } = await import('../../data/questions.ts')
        const model = modelAt(resolve(cwd, path))
        // A bad file is said before the model is read.
        const questions =
          flags.file === undefined ? null : await loadQuestions(resolve(cwd, flags.file))
        const chat = await openChat(model, flags)
        for (const note of chat.notes) err.write(`note: ${formatProblem(note)}\n`)
        const told: Message[] =
          flags.system === undefined ? [] : [{ role: 'system', content: flags.system }]
        try {
          if (questions) {
            for (const { question, messages, answer: reference } of questions) {
              // A record's own system message goes before ours.
              const own = messages[0]?.role === 'system' ? messages : [...told, ...messages]
              const answer = await chat.answer(own)
              const beside = reference === null ? {} : { reference }
              if (flags.json) printJson({ question, answer, ...beside }, terminal)
              else
                out.write(
                  `> ${question}\n${answer}\n${reference === null ? '' : `  in the file: ${reference}\n`}`,
                )
            }
          } else if (flags.prompt !== undefined) {
            const answer = await chat.answer([...told, { role: 'user', content: flags.prompt }])
            if (flags.json) printJson({ ok: true, prompt: flags.prompt, answer }, terminal)
            else out.write(`${answer}\n`)
          } else await converse(chat, told, terminal)
        } finally {
          chat.close()
        }
      })
  },
}

async function converse(chat: Chat, told: readonly Message[], { out }: Terminal): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const messages = [...told]
  for (;;) {
    const content = (await lines.question('> ').catch(() => '')).trim()
    if (content === '') break
    messages.push({ role: 'user', content })
    const answer = await chat.answer(messages)
    out.write(`${answer}\n`)
    if (chat.remembers) messages.push({ role: 'assistant', content: answer })
    else messages.length = told.length
  }
  lines.close()
}
