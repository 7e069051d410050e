import type { MiddlewareHandler } from 'hono'

/** The access to the studio: who may ask. */
export interface AccessOptions {
  /** the address the server listens on */
  readonly host: string
  readonly port: number
  /** asked for unless the host is this machine alone; null: none */
  readonly token: string | null
}

const loopback = ['127.0.0.1', 'localhost', '[::1]']

/** Tells whether only this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return loopback.includes(host) || host === '::1'
}

/**
 * Refuses what a page of another site, or a name that was pointed at this machine, could send: a foreign Host (403), a foreign
 * Origin (403), and beyond loopback a request without the token (401).
 */
export function access({ host, port, token }: AccessOptions): MiddlewareHandler {
  const names = isLoopback(host) ? loopback : [host.includes(':') ? `[${host}]` : host, ...loopback]
  const hosts = new Set(
    names.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]),
  )
  return async (context, next) => {
    const asked = context.req.header('host') ?? ''
    if (!hosts.has(asked)) return context.json(refusal('Host', [...hosts].join(', '), asked), 403)
    const origin = context.req.header('origin')
    if (origin !== undefined && origin !== `http://${asked}`)
      return context.json(refusal('Origin', `http://${asked}`, origin), 403)
    if (token !== null) {
      const given = context.req.header('authorization') ?? context.req.query('token') ?? ''
      if (!sameText(given.replace(/^Bearer /, ''), token))
        return context.json(refusal('Authorization', 'Bearer with the token', 'another'), 401)
    }
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'same-origin')
    // A page of another site that shows ours in a frame could have its buttons clicked.
    context.header('content-security-policy', "frame-ancestors 'none'")
    await next()
    return undefined
  }
}

function refusal(path: string, expected: string, got: string) {
  return { ok: false, problems: [{ code: 'refused', path, expected, got }] }
}

/** Takes as long for the wrong text as for the right one. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % b.length)
  return difference === 0
}
