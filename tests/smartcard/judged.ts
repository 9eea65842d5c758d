import { type Anchor, cardValidator } from '#server/factors/smartcard/validate-card.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import type { PolicyInputs } from '#server/factors/smartcard/x509/policy-graph.ts'
import type { Made } from '../x509.ts'

/** What the judge says of a chain, the card first and the anchor last: 'good', or why not. Nobody is asked whether it is revoked. */
export async function judgedBy(
  chain: readonly Made[],
  terms: Partial<Anchor>,
  policies?: PolicyInputs,
  now = Date.now(),
): Promise<string> {
  const root = readCertificate(chain.at(-1)?.der ?? Buffer.alloc(0))
  const anchor: Anchor = {
    name: 'anchor',
    certificates: root ? [root] : [],
    intermediates: [],
    sources: { lists: [], responder: null, hosts: [], needsNonce: true },
    unreachable: 'accept',
    ...terms,
  }
  const sent = chain.slice(0, -1).map(({ der }) => der)
  const judgement = await cardValidator([anchor], policies)(sent, now)
  return judgement.ok ? 'good' : `${judgement.why}: ${judgement.detail}`
}

export const verdictOn = (chain: readonly Made[], now?: number): Promise<string> => judgedBy(chain, {}, undefined, now)
