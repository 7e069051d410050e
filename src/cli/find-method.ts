import { nearest, UserError } from '../error.ts'
import type { Method } from '../method/method.ts'
import { builtInMethods, type MethodRegistry } from '../method/methods.ts'

/** The method of that id. @throws UserError with the nearest known one; `where` says what named it */
export function findMethod(
  id: string,
  where: string,
  { methods }: MethodRegistry = builtInMethods,
): Method {
  const method = methods.get(id)
  if (method) return method
  const known = [...methods.keys()]
  const similar = nearest(id, known)
  throw new UserError({
    code: 'unknown-method',
    path: where,
    expected: `one of ${known.join(', ')}`,
    got: `"${id}"`,
    ...(similar ? { hint: `Did you mean "${similar}"?` } : {}),
  })
}
