import { expect, test } from 'vitest'
import { keyHashOf } from '#server/factors/smartcard/x509/certificate.ts'
import { Authority, folderForAll } from '../pki.ts'
import { anchorOf, certificateIn, outcomeOf, serverWithCards, withCards } from '../smartcard/card-server.ts'

// The attack: cards are known by their issuer and number. Another authority that is trusted too, for other people, takes
// the issuer's name, or has it already, and gives a card of its own the victim's number.

const folder = folderForAll()
const subject = '/O=Harbour/CN=Cards'
const [staff, visitors] = await Promise.all([
  Authority.root(folder, 'staff', { subject }),
  Authority.root(folder, 'visitors', { subject }),
])
const serial = '4D01020304050607'
const [adas, namesakes] = await Promise.all([staff.issue({ serial }), visitors.issue({ serial })])
const numberOf = (issuer: Authority) => `certificate ${keyHashOf(certificateIn(issuer.self.certificate))} ${serial}`
const anchors = await Promise.all([
  anchorOf(folder, staff, 'staff', 'binding: certificate'),
  anchorOf(folder, visitors, 'visitors', 'binding: certificate'),
])
const cards = await serverWithCards(
  folder,
  anchors.join('\n'),
  withCards({ ada: { Badge: numberOf(staff) }, grace: {} }),
)

test('a card with her issuer’s name and her number, of another authority, is not hers', async () => {
  expect(await outcomeOf(cards, 'ada', namesakes)).toBe('unlinked-card')
  expect(await outcomeOf(cards, 'ada', adas)).toBe('done')
})

test('where both authorities have a card of that number, each is its own holder’s', async () => {
  await cards.server.restart(withCards({ ada: { Badge: numberOf(staff) }, grace: { Badge: numberOf(visitors) } }))
  expect(await outcomeOf(cards, 'ada', namesakes)).toBe('others-card')
  expect(await outcomeOf(cards, 'grace', namesakes)).toBe('done')
  expect(await outcomeOf(cards, 'grace', adas)).toBe('others-card')
  expect(await outcomeOf(cards, 'ada', adas)).toBe('done')
})
