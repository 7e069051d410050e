import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

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
 * Refuses what a page of another site, or a name that was pointed at this machine, could send: a foreign Host (403), what a
 * browser says comes from another site (403), and beyond loopback a request without the token (401).
 *
 * A token once given in an address is kept as a cookie, so that links need none. Who has it may call the machine as they like:
 * a page of another site has not, whatever its name was pointed at.
 */
export function access({ port, token }: AccessOptions): MiddlewareHandler {
  const hosts = loopback.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])])
  const cookie = `lethe-${port}`
  return async (context, next) => {
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'same-origin')
    // A page of another site that shows ours in a frame could have its buttons clicked.
    context.header('content-security-policy', "frame-ancestors 'none'")
    const asked = context.req.header('host') ?? ''
    if (token === null && !hosts.includes(asked))
      return context.json(refusal('Host', hosts.join(', '), asked), 403)
    const foreign = foreignSender(context, asked)
    if (foreign !== null) return context.json(foreign, 403)
    if (token !== null) {
      const query = context.req.query('token')
      const given = context.req.header('authorization') ?? query ?? getCookie(context, cookie) ?? ''
      if (!sameText(given.replace(/^Bearer /, ''), token))
        return context.json(refusal('Authorization', 'Bearer with the token', 'another'), 401)
      if (query !== undefined && context.req.header('accept')?.includes('text/html')) {
        setCookie(context, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' })
        return context.redirect(withoutToken(context.req.url), 303)
      }
    }
    await next()
    return undefined
  }
}

/** What a browser says of a request that another site's page made; null where it made none of its kind. */
function foreignSender({ req }: Context, host: string) {
  const origin = req.header('origin')
  if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host)
    return refusal('Origin', `http://${host}`, origin)
  const site = req.header('sec-fetch-site')
  const isLink =
    req.method === 'GET' &&
    req.header('sec-fetch-mode') === 'navigate' &&
    req.header('sec-fetch-dest') === 'document'
  if (site !== undefined && !['same-origin', 'none'].includes(site) && !isLink)
    return refusal('Sec-Fetch-Site', 'same-origin', site)
  // Of a form, old browsers say neither.
  const type = req.header('content-type') ?? ''
  const isForm = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i
  if (origin === undefined && site === undefined && req.method !== 'GET' && isForm.test(type))
    return refusal('Origin', `http://${host}, or application/json as the type`, 'none')
  return null
}

function withoutToken(address: string): string {
  const url = new URL(address)
  url.searchParams.delete('token')
  return `${url.pathname}${url.search}`
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
