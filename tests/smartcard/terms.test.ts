import { expect, test } from 'vitest'
import { Authority, cardExtensions, folderForAll } from '../pki.ts'
import { anchorOf, keyOf, outcomeOf, serverWithCards, withCards } from './card-server.ts'

// What the configuration and an issuer say about cards, through the card host's own handshake.

const folder = folderForAll()
const names = 'nameConstraints=critical,excluded;dirName:payroll\n[payroll]\nO=Payroll Office'
const [staff, eids] = await Promise.all([Authority.root(folder, 'staff'), Authority.root(folder, 'eids')])
const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign']
const medium = 'certificatePolicies=1.3.6.1.4.1.99999.2'
const constrained = await staff.authority('Constrained', { extensions: [...authority, medium, names] })
const unlike = await staff.authority('Unlike', {
  extensions: [...authority, 'certificatePolicies=1.3.6.1.4.1.99999.1'],
})

const withPolicy = { extensions: [...cardExtensions, medium] }
const [adas, eid] = await Promise.all([
  constrained.issue(withPolicy),
  eids.issue({ extensions: [...cardExtensions.slice(0, 2), medium] }),
])
const lists = await Promise.all(
  Object.entries({ constrained, unlike }).map(([name, one]) => one.list(`${folder}/${name}.crl`)),
)
const anchors = await Promise.all([
  anchorOf(folder, staff, 'staff'),
  anchorOf(folder, eids, 'eids', 'purposes: [absent]'),
])
const text = anchors.join('\n').replace('staff.crl]', `staff.crl, ${lists.join()}]`)
const people = withCards({ ada: { Badge: keyOf(adas), 'National eID': keyOf(eid) }, grace: {} })
const cards = await serverWithCards(folder, `${text}\n  policies: [1.3.6.1.4.1.99999.2]`, people)
const shown = (wanted: object) => constrained.issue({ ...withPolicy, keyFile: adas.key, ...wanted })

test('a card under an acceptable policy signs in, and one of an anchor that takes cards without a purpose', async () => {
  expect(await outcomeOf(cards, 'ada', adas)).toBe('done')
  expect(await outcomeOf(cards, 'ada', eid)).toBe('done')
})

test('the same key in a certificate without a policy, or under another one, is refused', async () => {
  expect(await outcomeOf(cards, 'ada', await shown({ extensions: cardExtensions }))).toBe('unknown-issuer')
  const other = await unlike.issue({ ...withPolicy, keyFile: adas.key })
  expect(await outcomeOf(cards, 'ada', other)).toBe('unknown-issuer')
})

test('a card without a purpose is refused where its anchor does not take it', async () => {
  const bare = await shown({ extensions: [...cardExtensions.slice(0, 2), medium] })
  expect(await outcomeOf(cards, 'ada', bare)).toBe('wrong-card')
})

test.each(['/O=Payroll Office/CN=Ada', '/O=PAYROLL OFFICE/CN=Ada', '/O=Payroll  Office/CN=Ada'])(
  'a name that its issuer may not give is refused however it is written: %s',
  async (subject) => {
    expect(await outcomeOf(cards, 'ada', await shown({ subject }))).toBe('unknown-issuer')
  },
)
