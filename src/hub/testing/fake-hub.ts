import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export const hubToken = 'hf_secret'

export interface FakeRepository {
  private: boolean
  files: Map<string, Buffer>
  titles: string[]
}

/** A hub as far as a push needs one, in memory: git files in the commit, others by LFS, in one piece or in parts. */
export interface FakeHub {
  readonly url: string
  readonly repositories: Map<string, FakeRepository>
  /** `METHOD path`, in order */
  readonly asked: string[]
  /** bytes of a part; larger files come in parts */
  partBytes: number
  /** how many uploads of large files are refused before one is taken */
  refusals: number
  close(): Promise<void>
}

interface Answer {
  status?: number
  json?: unknown
  headers?: Record<string, string>
}

type CommitLine = { key: string; value: Record<string, string> }

/** Owners whose name begins with `not-mine` may not be written to. */
export async function startFakeHub(): Promise<FakeHub> {
  const large = new Map<string, Buffer>()
  const parts = new Map<string, Buffer[]>()
  const server = createServer(async (request, response) => {
    const { status = 200, json, headers = {} } = await answer(request, await bodyOf(request))
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(json === undefined ? '' : JSON.stringify(json))
  })
  const hub: FakeHub = {
    url: await listen(server),
    repositories: new Map(),
    asked: [],
    partBytes: Number.POSITIVE_INFINITY,
    refusals: 0,
    close: () => new Promise((done) => server.close(() => done())),
  }
  return hub

  async function answer(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { pathname } = new URL(request.url ?? '', hub.url)
    hub.asked.push(`${request.method} ${pathname}`)
    if (pathname.startsWith('/storage/')) return store(pathname, request, body)
    if (request.headers.authorization !== `Bearer ${hubToken}`)
      return { status: 401, json: { error: 'Invalid credentials in Authorization header' } }
    if (pathname === '/api/repos/create') return create(JSON.parse(body.toString()))
    const [, owner, name, action] =
      /^(?:\/api\/models)?\/([^/]+)\/([^/.]+)(?:\.git)?\/(\w+)/.exec(pathname) ?? []
    const repository = hub.repositories.get(`${owner}/${name}`)
    if (!repository) return { status: 404, json: { error: 'Repository not found' } }
    const text = body.toString()
    if (action === 'revision') return { json: { id: `${owner}/${name}`, ...repository } }
    if (action === 'tree')
      return {
        json: [...repository.files].map(([path, { length }]) => ({
          type: 'file',
          path,
          size: length,
        })),
      }
    if (owner.startsWith('not-mine'))
      return { status: 403, json: { error: 'You have no write access' } }
    if (action === 'preupload') return preupload(JSON.parse(text))
    if (action === 'info') return batch(JSON.parse(text))
    return commit(
      repository,
      text.split('\n').map((line) => JSON.parse(line)),
    )
  }

  function create(asked: { organization: string; name: string; visibility?: string }): Answer {
    if (asked.organization.startsWith('not-mine'))
      return { status: 403, json: { error: 'You may not create a model there' } }
    const name = `${asked.organization}/${asked.name}`
    hub.repositories.set(name, {
      private: asked.visibility === 'private',
      files: new Map([['.gitattributes', Buffer.from('')]]),
      titles: [],
    })
    return { json: { url: `${hub.url}/${name}`, id: name } }
  }

  function preupload({ files }: { files: { path: string; size: number }[] }): Answer {
    const mode = (path: string) => (/\.(safetensors|model)$/.test(path) ? 'lfs' : 'regular')
    return { json: { files: files.map(({ path }) => ({ path, uploadMode: mode(path) })) } }
  }

  function batch({ objects }: { objects: { oid: string; size: number }[] }): Answer {
    const upload = (oid: string, size: number) => {
      const href = `${hub.url}/storage/${oid}?signature=secret`
      if (size <= hub.partBytes) return { href }
      const numbers = Array.from({ length: Math.ceil(size / hub.partBytes) }, (_, i) => i + 1)
      return {
        href: `${hub.url}/storage/${oid}/complete`,
        header: {
          chunk_size: String(hub.partBytes),
          ...Object.fromEntries(numbers.map((n) => [String(n).padStart(5, '0'), `${href}&n=${n}`])),
        },
      }
    }
    return {
      json: {
        transfer: 'basic',
        objects: objects.map(({ oid, size }) => ({
          oid,
          size,
          ...(!large.has(oid) && { actions: { upload: upload(oid, size) } }),
        })),
      },
    }
  }

  function store(pathname: string, request: IncomingMessage, body: Buffer): Answer {
    if (request.headers.authorization) return { status: 400, json: { error: 'a token in storage' } }
    // Nor does S3 take a body of unknown length.
    if (!request.headers['content-length']) return { status: 411, json: { error: 'no length' } }
    if (hub.refusals > 0) {
      hub.refusals--
      return { status: 500, json: { error: 'storage is down' } }
    }
    const oid = pathname.split('/')[2]
    const part = new URL(request.url ?? '', hub.url).searchParams.get('n')
    const pieces = parts.get(oid) ?? []
    parts.set(oid, pieces)
    if (part !== null) {
      pieces[Number(part) - 1] = body
      return { headers: { etag: `"${part}"` } }
    }
    const whole = pathname.endsWith('/complete') ? Buffer.concat(pieces) : body
    const hash = createHash('sha256').update(whole).digest('hex')
    if (hash !== oid) return { status: 400, json: { error: `content of hash ${hash}` } }
    large.set(oid, whole)
    return {}
  }

  function commit(repository: FakeRepository, lines: CommitLine[]): Answer {
    for (const { key, value } of lines) {
      if (key === 'header') repository.titles.push(value.summary)
      if (key === 'file') repository.files.set(value.path, Buffer.from(value.content, 'base64'))
      if (key === 'lfsFile') repository.files.set(value.path, large.get(value.oid) as Buffer)
      if (key === 'deletedFile') repository.files.delete(value.path)
    }
    return { json: { commitOid: 'c0ffee', commitUrl: '' } }
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
