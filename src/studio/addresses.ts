import { networkInterfaces } from 'node:os'

/** The address under which somebody else reaches a server that listens on a host: of every address of the machine the first. */
export function reachedAt(
  host: string,
  port: number,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string {
  const outside = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  const isEvery = host === '0.0.0.0' || host === '::'
  const name = isEvery ? (outside?.address ?? 'localhost') : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`
}
