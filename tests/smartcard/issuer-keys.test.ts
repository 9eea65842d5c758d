import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { bindToIssuerKeys } from '#server/factors/smartcard/issuer-keys.ts'
import { fingerprintOf, keyHashOf } from '#server/factors/smartcard/x509/certificate.ts'
import { Authority, folderForAll } from '../pki.ts'
import { anchorOf, certificateIn, outcomeOf, serverWithCards, withCards } from './card-server.ts'

// The upgrade: cards that were bound to their issuer's name are bound to its key, where it is clear whose key that is.

const folder = folderForAll()
const twins = { subject: '/O=Harbour/CN=Twin' }
const [only, twin, otherTwin] = await Promise.all([
  Authority.root(folder, 'only'),
  Authority.root(folder, 'twin', twins),
  Authority.root(folder, 'other', twins),
])
const [clear, ambiguous] = await Promise.all([only.issue(), twin.issue()])
const anchors = await Promise.all(
  Object.entries({ only, twin, otherTwin }).map(([name, one]) => anchorOf(folder, one, name, 'binding: certificate')),
)
const cards = await serverWithCards(folder, anchors.join('\n'), withCards({ ada: {}, grace: {} }))
const { server } = cards

const byName = (file: string) => {
  const { issuer, serial } = certificateIn(file)
  return `${fingerprintOf(issuer)} ${serial}`
}
const store = () => server.app.context.store
const idOf = async (username: string) => (await store().people.byName(username))?.id ?? ''
/** As a store of before the upgrade has it, and the upgrade of its schema leaves it. */
async function stored(username: string, label: string, hashAndSerial: string) {
  const one = { id: randomUUID(), account: await idOf(username), factor: 'smartcard', label } as const
  const kept = { handle: `certificate ${hashAndSerial}` }
  expect(
    await store().authenticators.add({ ...one, credential: kept, handle: `issuer-name ${hashAndSerial}` }, 5),
  ).toBe(true)
  return one
}
const found = async (handle: string) => (await store().authenticators.find('smartcard', handle))?.label ?? null

test('where one authority has the name its card signs in again, as the same authenticator', async () => {
  const { id } = await stored('ada', 'Badge', byName(clear.certificate))
  expect(await outcomeOf(cards, 'ada', clear)).toBe('unlinked-card')
  await server.restart(withCards({ ada: {}, grace: {} }))
  expect(await outcomeOf(cards, 'ada', clear)).toBe('done')
  const [kept] = await store().authenticators.list(await idOf('ada'), 'smartcard')
  const { serial } = certificateIn(clear.certificate)
  const handle = `certificate ${keyHashOf(certificateIn(only.self.certificate))} ${serial}`
  expect(kept).toMatchObject({ id, boundAt: 5, handle, credential: { handle } })
})

test('where two have it, or none, the card stays refused and is listed with its holder', async () => {
  await stored('grace', 'Badge', byName(ambiguous.certificate))
  await stored('grace', 'Lost', `${'A'.repeat(43)} 4d01`)
  await server.restart(withCards({ ada: {}, grace: {} }))
  expect(await outcomeOf(cards, 'grace', ambiguous)).toBe('unlinked-card')
  const warnings: object[] = []
  await bindToIssuerKeys(store(), server.app.context.config.card?.anchors ?? [], {
    warn: (what: object) => void warnings.push(what),
  })
  expect(warnings).toMatchObject([
    { username: 'grace', label: 'Lost', serial: '4d01', why: 'no configured authority has that name' },
    { username: 'grace', label: 'Badge', why: 'several, or somebody’s already' },
  ])
})

test('a people file that still has the name is bound in the same way', async () => {
  const numbered = `certificate ${byName(clear.certificate)}`
  await server.restart(withCards({ ada: { Badge: numbered }, grace: {} }))
  expect(await outcomeOf(cards, 'ada', clear)).toBe('done')
  expect(await found(numbered)).toBeNull()
})
