import { resolve } from 'node:path'
import { openChat } from '../run/chat-session.ts'

export interface AnswerSettings {
  /** Longest answer, in tokens. */
  readonly maxNewTokens?: number
  /** 0: the most likely token. */
  readonly temperature?: number
  readonly topP?: number
  readonly seed?: number
}

/** A model that answers questions. */
export interface LoadedModel {
  answer(question: string): Promise<string>
  /** Gives its memory back. */
  close(): void
}

/**
 * Opens a Hugging Face model folder to ask it, as `lethe chat` does.
 *
 * @throws UserError where the folder holds no model that Lethe runs
 */
export async function loadModel(
  folder: string,
  { maxNewTokens = 128, temperature = 0, topP = 1, seed = 0 }: AnswerSettings = {},
): Promise<LoadedModel> {
  const chat = await openChat(resolve(folder), { maxNewTokens, temperature, topP, seed })
  return {
    answer: (content) => chat.answer([{ role: 'user', content }]),
    close: () => chat.close(),
  }
}
