import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja'
import { UserError } from '../error.ts'
import type { JsonObject } from './json-text.ts'

export interface Message {
  role: string
  content: string
}

/** The template a tokenizer_config.json holds: a string, or a list of named ones of which `default` is meant. */
export function configChatTemplate(tokenizerConfig: JsonObject): string | null {
  const { chat_template: template } = tokenizerConfig
  const named = Array.isArray(template)
    ? (template as JsonObject[]).find((item) => item?.name === 'default')?.template
    : template
  return typeof named === 'string' ? named : null
}

/**
 * A chat template as a function: messages to the text that the model was trained on.
 *
 * The template sees what transformers gives it: `messages`, `add_generation_prompt`, the special tokens that there
 * are (`bos_token`, `eos_token`, …), `tools` and `documents` as none, `raise_exception`, `strftime_now`, `range`.
 *
 * @param specialTokens name → text
 * @param now           what `strftime_now` says, in local time, English names
 * @throws UserError when the template is not valid, and when it refuses the messages
 * Differs from transformers: a template that asks for the date gives the same text all day and all run, as `now` says.
 * Source: transformers, utils/chat_template_utils.py.
 */
export function compileChatTemplate(
  name: string,
  template: string,
  specialTokens: Readonly<Record<string, string>>,
  now: Date,
): (messages: readonly Message[], addGenerationPrompt: boolean) => string {
  // `generation` marks the assistant's part for training masks; it prints its body.
  const plain = template
    .replace(/\{%(-?)\s*generation\s*(-?)%\}/g, '{%$1 if true $2%}')
    .replace(/\{%(-?)\s*endgeneration\s*(-?)%\}/g, '{%$1 endif $2%}')
  const guard = <T>(code: string, expected: string, action: () => T): T => {
    try {
      return action()
    } catch (error) {
      throw new UserError({ code, path: name, expected, got: (error as Error).message })
    }
  }
  const program = guard('invalid-chat-template', 'a valid chat template', () =>
    parse(tokenize(plain, { lstrip_blocks: true, trim_blocks: true })),
  )
  return (messages, addGenerationPrompt) =>
    guard('chat-template-refused', 'messages that the chat template takes', () => {
      const environment = new Environment()
      const variables = {
        ...globals(now),
        ...specialTokens,
        messages,
        add_generation_prompt: addGenerationPrompt,
        tools: null,
        documents: null,
      }
      for (const [key, value] of Object.entries(variables)) environment.set(key, value)
      return String(new Interpreter(environment).run(program).value)
    })
}

function globals(now: Date): Record<string, unknown> {
  return {
    ...{ true: true, false: false, none: null, True: true, False: false, None: null },
    raise_exception: (message: string) => {
      throw new Error(message)
    },
    strftime_now: (format: string) => strftime(now, format),
    range: (start: number, stop?: number, step = 1) => {
      const [from, to] = stop === undefined ? [0, start] : [start, stop]
      return Array.from(
        { length: Math.max(0, Math.ceil((to - from) / step)) },
        (_, i) => from + i * step,
      )
    },
  }
}

/** Python's `strftime` in the C locale, for the directives that chat templates use; others stay as they are. */
function strftime(date: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const english = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', options).format(date)
  const directives: Record<string, () => string> = {
    Y: () => String(date.getFullYear()),
    y: () => two(date.getFullYear() % 100),
    m: () => two(date.getMonth() + 1),
    d: () => two(date.getDate()),
    B: () => english({ month: 'long' }),
    b: () => english({ month: 'short' }),
    A: () => english({ weekday: 'long' }),
    a: () => english({ weekday: 'short' }),
    H: () => two(date.getHours()),
    I: () => two(((date.getHours() + 11) % 12) + 1),
    p: () => (date.getHours() < 12 ? 'AM' : 'PM'),
    M: () => two(date.getMinutes()),
    S: () => two(date.getSeconds()),
    '%': () => '%',
  }
  return format.replace(/%(.)/g, (directive, letter) => directives[letter]?.() ?? directive)
}
