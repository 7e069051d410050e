import type { AddedToken } from '../checkpoint/special-tokens.ts'

/** What a token is for, by the number in the file. */
export const tokenTypes = {
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6,
} as const

/** Some models do not mark as special what is. */
const looksSpecial = /^(?:<pad>|<mask>|<2mass>|\[@BOS@\]|<\|.*\|>|<｜.*｜>|<unused.*>)$/s

/**
 * The type of a token.
 *
 * @param text    null for a row of the model without a token
 * @param added   what tokenizer.json says where it is an added token
 * @param unknown the text of the token for what cannot be spelt
 * Source: llama.cpp, conversion/base.py (`get_vocab_base`, `does_token_look_special`)
 */
export function tokenType(
  text: string | null,
  added: AddedToken | null,
  unknown: string | undefined,
): number {
  if (text === null) return tokenTypes.unused
  if (/^<0x[0-9A-F]{2}>$/.test(text)) return tokenTypes.byte
  if (!added) return tokenTypes.normal
  if (text === unknown && text === '<unk>') return tokenTypes.unknown
  return added.special || looksSpecial.test(text) ? tokenTypes.control : tokenTypes.userDefined
}
