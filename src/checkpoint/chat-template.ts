import { UserError } from '../error.ts'
import { JinjaError } from '../jinja/jinja-error.ts'
import { str } from '../jinja/print.ts'
import { compileTemplate } from '../jinja/render.ts'
import { Callable, fromJson } from '../jinja/value.ts'
import type { JsonObject } from './json-text.ts'
import { strftime } from './strftime.ts'

export interface Message {
  role: string
  content: string
}

/** Where transformers keeps further templates, each named by its file. */
export const namedTemplates = /^additional_chat_templates\/(.+)\.jinja$/

/**
 * The template a tokenizer_config.json holds: a string, or a list of named ones of which `default` is meant.
 *
 * @param files of the folder, for templates that are named by their files
 * @returns the template; the names where there are only others than `default`; null where there is none
 */
export function configChatTemplate(
  tokenizerConfig: JsonObject,
  files: readonly string[],
): string | { names: readonly string[] } | null {
  const { chat_template: template } = tokenizerConfig
  if (typeof template === 'string') return template
  const listed = (Array.isArray(template) ? template : []) as (JsonObject | null)[]
  const found = listed.find((item) => item?.name === 'default')?.template
  if (typeof found === 'string') return found
  const names = [
    ...listed.map((item) => String(item?.name)),
    ...files.flatMap((file) => namedTemplates.exec(file)?.[1] ?? []),
  ]
  return names.length > 0 ? { names } : null
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
  const guard = <T>(code: string, expected: string, action: () => T): T => {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof JinjaError)) throw error
      throw new UserError({ code, path: name, expected, got: error.message })
    }
  }
  const render = guard('invalid-chat-template', 'a valid chat template', () =>
    compileTemplate(template),
  )
  const functions = {
    raise_exception: new Callable('raise_exception', ({ positional }) => {
      throw new JinjaError(str(positional[0] ?? ''), null)
    }),
    strftime_now: new Callable('strftime_now', ({ positional }) =>
      strftime(now, str(positional[0] ?? '')),
    ),
  }
  return (messages, addGenerationPrompt) =>
    guard('chat-template-refused', 'messages that the chat template takes', () =>
      render({
        ...functions,
        ...specialTokens,
        messages: fromJson(messages),
        add_generation_prompt: addGenerationPrompt,
        tools: null,
        documents: null,
      }),
    )
}
