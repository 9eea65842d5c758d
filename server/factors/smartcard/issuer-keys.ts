import type { Logger } from 'pino'
import type { Store } from '../../store/store.ts'
import type { Anchor } from './validate-card.ts'
import { type Certificate, fingerprintOf, keyHashOf } from './x509/certificate.ts'

const factor = 'smartcard'
/** The prefix that migration 012 gave to handles with an issuer's name: no card has such a handle. */
const byName = 'issuer-name'

/**
 * Rebinds cards from their issuer's name and serial number to the issuer's key, where exactly one configured authority
 * has that name. Two authorities may have the same name and give the same number to two cards: ambiguous cards stay
 * refused, and are logged for the operator to bind anew.
 */
export async function bindToIssuerKeys(
  { authenticators, people, transaction }: Store,
  anchors: readonly Pick<Anchor, 'certificates' | 'intermediates'>[],
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  const keys = keysByName(anchors.flatMap(({ certificates, intermediates }) => [...certificates, ...intermediates]))
  // A people file from before the upgrade can bring old handles back under the present prefix.
  const prefixes = [`${byName} `, ...[...keys.keys()].map((name) => `certificate ${name} `)]
  const found = await Promise.all(prefixes.map((prefix) => authenticators.withHandles(factor, prefix)))
  for (const one of found.flat()) {
    const [, name = '', serial = ''] = one.handle?.split(' ') ?? []
    const [key, ...others] = keys.get(name) ?? []
    const handle = `certificate ${key} ${serial}`
    const isBound =
      key !== undefined &&
      others.length === 0 &&
      (await transaction(async (inside) => {
        const isTaken = (await inside.authenticators.find(factor, handle)) !== null
        return !isTaken && inside.authenticators.rename({ ...one, credential: { handle } }, handle)
      }))
    if (isBound) continue
    const username = (await people.get(one.account))?.username
    const why = key === undefined ? 'no configured authority has that name' : 'several, or somebody’s already'
    log.warn(
      { username, label: one.label, issuer: name, serial, why },
      'a card is refused that is known by its issuer’s name',
    )
  }
}

/** The keys of authorities by name, both as hashes. */
function keysByName(authorities: readonly Certificate[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>()
  for (const authority of authorities) {
    const name = fingerprintOf(authority.subject)
    keys.set(name, [...new Set([...(keys.get(name) ?? []), keyHashOf(authority)])])
  }
  return keys
}
