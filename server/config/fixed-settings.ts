import { createHash } from 'node:crypto'
import { BadFile } from '../operator/yaml-file.ts'
import type { CheckedConfig } from './checked-config.ts'
import type { Configuration } from './schema.ts'

/**
 * Settings that a reload may change. A reload that changes any other one (store, keys, listen, card, sms, bench …) is
 * refused: those need a restart.
 */
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
  'passwords',
  'policies',
  'proxies',
  'records',
  'resources',
  'scopes',
  'sessions',
]
/** The settings that a reload may not change, as hashes: some of them are secrets. */
export type Fixed = ReadonlyMap<string, string>

export const fixedIn = (value: Configuration): Fixed =>
  new Map(
    Object.entries(value)
      .filter(([key]) => !changeable.some((one) => one === key))
      .map(([key, setting]) => [key, createHash('sha256').update(JSON.stringify(setting)).digest('base64url')]),
  )

interface Settled {
  readonly fixed: Fixed
}

/** Throws {@link BadFile} where a configuration differs from the one before in a setting that needs a restart. */
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
