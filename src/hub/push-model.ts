import { pathToFileURL } from 'node:url'
import {
  type CommitOperation,
  commitIter,
  createRepo,
  listFiles,
  modelInfo,
} from '@huggingface/hub'
import { UserError } from '../error.ts'
import { hubError } from './hub-error.ts'
import type { ModelToPush } from './push-files.ts'

/** The hub repository to which a model is pushed. */
export interface PushTarget {
  /** `owner/name` */
  readonly repository: string
  /** without a slash at its end */
  readonly endpoint: string
  readonly token: string
  readonly isPrivate: boolean
  /** Delete weights of another model that are there. */
  readonly replace: boolean
  readonly title: string
}

export interface Pushed {
  readonly url: string
  readonly commit: string
  /** whether the repository was made for it */
  readonly created: boolean
  /** weights that were there before, and are no longer */
  readonly deleted: readonly string[]
}

/** Weights in any form that a program may load in place of, or on top of, the ones sent. */
const weightsFile =
  /\.(safetensors|bin|pt|pth|ckpt|gguf|h5|msgpack|onnx)$|\.(safetensors|bin)\.index\.json$/

/**
 * Sends a model in one commit: until all of it is there, nothing of it shows. What a broken push has already sent of large
 * files is not sent again.
 *
 * @param tell  one line of progress
 * @throws UserError where the hub refuses, or other weights would stay beside the new ones
 */
export async function pushModel(
  model: ModelToPush,
  target: PushTarget,
  tell: (line: string) => void,
): Promise<Pushed> {
  const { repository, endpoint, token, isPrivate } = target
  const access = { repo: repository, hubUrl: endpoint, accessToken: token }
  try {
    const found = await isPublic(target)
    if (found === true && isPrivate) throw alreadyPublic(repository)
    const created = found === null
    if (created) {
      await createRepo({ ...access, ...(isPrivate && { visibility: 'private' }) })
      tell(`made the repository ${repository}`)
    }
    const deleted = created ? [] : await otherWeights(model, target)
    const operations: CommitOperation[] = [
      ...model.files.map(({ name, path }) => ({
        operation: 'addOrUpdate' as const,
        path: name,
        content: pathToFileURL(path),
      })),
      ...deleted.map((path) => ({ operation: 'delete' as const, path })),
    ]
    const { title } = target
    const commit = await send(commitIter({ ...access, title, operations, fetch: streaming }), tell)
    return { url: `${endpoint}/${repository}`, commit, created, deleted }
  } catch (error) {
    throw hubError(error, target)
  }
}

/**
 * Node copies the body of a request that may be redirected, for the second try, and so holds a whole file of weights in
 * memory; where files are stored nothing redirects.
 */
const streaming: typeof fetch = (url, init) =>
  fetch(url, init?.method === 'PUT' ? { ...init, redirect: 'error', window: null } : init)

async function send(
  progress: ReturnType<typeof commitIter>,
  tell: (line: string) => void,
): Promise<string> {
  for (;;) {
    const { done, value } = await progress.next()
    if (done) return value?.commit.oid ?? ''
    if (value.event === 'fileProgress' && value.state === 'uploading' && value.progress === 1)
      tell(`sent ${value.path}`)
  }
}

/** Null where there is no such repository, as far as the token may see. */
async function isPublic({ repository, endpoint, token }: PushTarget): Promise<boolean | null> {
  try {
    const info = await modelInfo({ name: repository, hubUrl: endpoint, accessToken: token })
    return !info.private
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null
    throw error
  }
}

/** Weights in the repository that the new files do not take the place of. */
async function otherWeights(model: ModelToPush, target: PushTarget): Promise<string[]> {
  const { repository, endpoint, token, replace } = target
  const sent = new Set(model.files.map(({ name }) => name))
  const others: string[] = []
  for await (const { path, type } of listFiles({
    repo: repository,
    hubUrl: endpoint,
    accessToken: token,
  }))
    if (type === 'file' && weightsFile.test(path) && !sent.has(path)) others.push(path)
  if (others.length === 0 || replace) return others
  throw new UserError({
    code: 'other-weights',
    path: repository,
    expected: 'no weights beside the ones that are sent',
    got: others.slice(0, 5).join(', '),
    hint: 'A program may load those instead. --replace deletes them in the same commit (the history of the repository keeps them); or choose another repository',
  })
}

function alreadyPublic(repository: string): UserError {
  return new UserError({
    code: 'public-repository',
    path: repository,
    expected: 'a private repository, as --private says',
    got: 'one that is there and public',
    hint: 'Make it private in its settings, or choose another',
  })
}
