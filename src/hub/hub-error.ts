import { HubApiError } from '@huggingface/hub'
import { UserError } from '../error.ts'

/** What was asked of which hub. */
interface Asked {
  readonly repository: string
  readonly endpoint: string
}

/** Turns an error of a request to a hub into one that the person who pushes may understand it; defects stay as they are. */
export function hubError(error: unknown, asked: Asked): unknown {
  if (error instanceof HubApiError) return refusal(error, asked)
  if (error instanceof TypeError && error.cause instanceof Error)
    return new UserError({
      code: 'no-connection',
      path: asked.endpoint,
      expected: 'a connection to the hub',
      got: error.cause.message || String((error.cause as NodeJS.ErrnoException).code),
      hint: 'Nothing shows in the repository. Large files that arrived are not sent again',
    })
  if (error instanceof SyntaxError)
    return new UserError({
      code: 'not-a-hub',
      path: asked.endpoint,
      expected: 'a Hugging Face hub, which answers in JSON',
      got: error.message,
      hint: 'HF_ENDPOINT says where it is',
    })
  return error
}

const meanings: Readonly<
  Record<number, (asked: Asked) => { code: string; expected: string; hint: string }>
> = {
  401: ({ endpoint }) => ({
    code: 'bad-token',
    expected: 'a token that the hub knows',
    hint: `Make one at ${endpoint}/settings/tokens`,
  }),
  403: ({ repository }) => ({
    code: 'forbidden',
    expected: `a token that may write to ${repository}`,
    hint: `Give the token write access to the repositories of ${repository.split('/')[0]}`,
  }),
  404: ({ repository }) => ({
    code: 'no-repository',
    expected: `a repository ${repository} that the token may write to`,
    hint: 'Check owner and name; one that is not there is made where the token may',
  }),
  409: ({ repository }) => ({
    code: 'hidden-repository',
    expected: `a repository ${repository} that the token may see, or none`,
    hint: 'Take a token with access to it, or another name',
  }),
}

function refusal(error: HubApiError, asked: Asked): UserError {
  const meaning = meanings[error.statusCode]?.(asked) ?? {
    code: 'hub-refused',
    expected: 'the hub to take the model',
    hint: 'Nothing shows in the repository. Large files that arrived are not sent again',
  }
  return new UserError({ path: asked.repository, ...meaning, got: said(error) })
}

/** Status and words of the hub, without the address, which may hold a signature that lets anybody upload. */
function said({ statusCode, message }: HubApiError): string {
  const words = message.split('. URL: ')[0].replace(/\s+/g, ' ').slice(0, 300)
  return `${statusCode}: ${words}`
}
