import type { Message } from '../checkpoint/chat-template.ts'
import { promptTokens, resolveTemplate } from '../data/prompt.ts'
import { createEngine } from '../engine/node-engine.ts'
import type { Problem } from '../error.ts'
import { createGenerator } from '../model/generate.ts'
import { graphWeights } from '../model/weights.ts'
import { openModel, openSession } from '../train/session.ts'

/** A model that answers. */
export interface Chat {
  /** The model has a chat template, so earlier turns mean something to it. */
  readonly remembers: boolean
  /** What its folder says or holds and is not followed or used. */
  readonly notes: readonly Problem[]
  answer(messages: readonly Message[]): Promise<string>
  close(): void
}

export async function openChat(
  path: string,
  settings: { maxNewTokens: number; temperature: number; topP: number; seed: number },
): Promise<Chat> {
  const engine = await createEngine()
  const opened = await openModel(path)
  const { model, store, tokenizer, stopTokens } = await openSession(engine, opened, null)
  const generator = await createGenerator({
    engine,
    model,
    weights: graphWeights(model),
    values: store.tensors,
  })
  const template = resolveTemplate(undefined, tokenizer, 'question-answer')
  return {
    remembers: tokenizer.hasChatTemplate,
    notes: opened.notes,
    async answer(messages) {
      const prompt = promptTokens(messages, tokenizer, template)
      const [tokens] = await generator.generate([prompt], { ...settings, stopTokens })
      return tokenizer.decode(tokens, { skipSpecialTokens: true }).trim()
    },
    close: () => engine.dispose(),
  }
}
