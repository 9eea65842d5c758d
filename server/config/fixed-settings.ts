import { createHash } from 'node:crypto'
import { BadFile } from '../operator/yaml-file.ts'
import type { CheckedConfig } from './checked-config.ts'
import type { Configuration } from './schema.ts'

/** What the rooms are composed with anew; what was opened with anything else stays open, until the next start. */
const changeable: readonly (keyof Configuration)[] = [
  'acr',
  'admin',
  'attempts',
  'clients',
  'default_policy',
  'dialects',
  'groups',
  'name',
  'outgoing',
  'passkeys',
  'policies',
  'proxies',
  'records',
  'resources',
  'scopes',
  'sessions',
]
/** The other settings, as hashes: some of them are secrets. */
export type Fixed = ReadonlyMap<string, string>

export const fixedIn = (value: Configuration): Fixed =>
  new Map(
    Object.entries(value)
      .filter(([key]) => !changeable.some((one) => one === key))
      .map(([key, setting]) => [key, createHash('sha256').update(JSON.stringify(setting)).digest('base64url')]),
  )

/** Throws {@link BadFile} where another configuration differs in something that cannot change while we run. */
interface Settled {
  readonly fixed: Fixed
}

export function refuseFixed(
  before: Settled,
  { fixed, checked }: Settled & { readonly checked: Pick<CheckedConfig, 'placeOf'> },
): void {
  const keys = new Set([...before.fixed.keys(), ...fixed.keys()])
  const changed = [...keys].filter((key) => fixed.get(key) !== before.fixed.get(key))
  if (changed.length === 0) return
  throw new BadFile(
    changed.map((key) => ({
      ...checked.placeOf([key]),
      message: `"${key}" cannot be changed while Sallyport runs: start it again for that.`,
    })),
  )
}
