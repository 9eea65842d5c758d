/** The depth of a `claims` parameter: more than OpenID Connect Core 1.0 §5.5 needs, as it may have unknown members. */
export const deepestClaims = 16

/** Whether valid JSON has no key twice in an object, no key that reaches a prototype, and is not too deep. */
export function hasUniqueMembers(json: string, deepest = 4): boolean {
  const open: Set<string>[] = []
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    else if (token.endsWith(':')) {
      const key: string = JSON.parse(token.replace(/\s*:$/, ''))
      const keys = open.at(-1)
      if (!keys || keys.has(key) || key === '__proto__' || key === 'constructor' || key === 'prototype') return false
      keys.add(key)
    }
    if (open.length > deepest) return false
  }
  return true
}
