import type { Logger } from 'pino'
import type { Store } from '../../store/store.ts'
import type { Anchor } from './validate-card.ts'
import { type Certificate, fingerprintOf, keyHashOf } from './x509/certificate.ts'

const factor = 'smartcard'
/** The store's upgrade calls handles so that hold an issuer's name (migration 012): no card is known by them. */
const byName = 'issuer-name'

/**
 * Binds cards that are known by their issuer's name and their number to the issuer's key instead, where exactly one
 * configured authority has that name. Two authorities may have one name, and give the same number to two cards: the
 * others stay refused, and are logged for the operator, who binds them anew.
 */
export async function bindToIssuerKeys(
  { authenticators, people, transaction }: Store,
  anchors: readonly Pick<Anchor, 'certificates' | 'intermediates'>[],
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  const keys = keysByName(anchors.flatMap(({ certificates, intermediates }) => [...certificates, ...intermediates]))
  // A people file from before the upgrade brings them back under the present word.
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

/** The keys of the authorities of each name, both as hashes. */
function keysByName(authorities: readonly Certificate[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>()
  for (const authority of authorities) {
    const name = fingerprintOf(authority.subject)
    keys.set(name, [...new Set([...(keys.get(name) ?? []), keyHashOf(authority)])])
  }
  return keys
}
