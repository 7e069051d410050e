import { UserError } from '../error.ts'
import type { OpenedModel } from '../train/session.ts'

/**
 * Requires that another model reads texts in the same tokens, so that its scores stand beside those of the first.
 *
 * @param path   of the other model, for the message
 * @param sample a text that both read
 * @throws UserError where it does not
 */
export function requireSameTokenizer(
  path: string,
  sample: string,
  first: Pick<OpenedModel, 'model' | 'tokenizer'>,
  other: Pick<OpenedModel, 'model' | 'tokenizer'>,
): void {
  const [ours, theirs] = [first, other].map(({ tokenizer }) => tokenizer.encode(sample).join())
  if (ours === theirs && first.model.vocab === other.model.vocab) return
  throw new UserError({
    code: 'other-tokenizer',
    path,
    expected: 'a model with the same tokenizer',
    got: `other tokens for ${JSON.stringify(sample.slice(0, 40))}`,
  })
}
