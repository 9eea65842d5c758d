import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { serviceName, serviceNameOf } from '#server/config/service-name.ts'
import { messageText } from '#server/factors/sms/code.ts'
import { keyUriOf } from '#server/factors/totp/enrolment.ts'
import { testerFor } from './bench.ts'
import { Browser } from './browser.ts'
import { demo } from './people/people.ts'
import { serverForAll } from './test-server.ts'

// What people know the service by: `name` in the configuration, else the host of the issuer.

const unnamed = await serverForAll()
const named = await serverForAll((clients) => `name: Harbour & Sons\n${demo(clients)}`)

/** An address as a strict reader of the Key URI Format takes it apart; throws where it is none. */
function readKeyUri(address: string) {
  const parts = /^otpauth:\/\/totp\/([^?:]+):([^?:]+)\?([^?]+)$/.exec(address)
  if (!parts) throw new Error(`${address} is not otpauth://totp/ISSUER:ACCOUNT?…`)
  const [issuer = '', account = ''] = parts.slice(1, 3).map(decodeURIComponent)
  const parameters = Object.fromEntries(
    (parts[3] ?? '').split('&').map((pair) => pair.split('=').map(decodeURIComponent)),
  )
  if (/:/.test(issuer + account)) throw new Error('Neither issuer nor account name may contain a colon ("Label").')
  if (!/^[A-Z2-7]{32}$/.test(parameters.secret)) throw new Error('The secret is base32 without padding ("Secret").')
  if (parameters.issuer !== issuer) throw new Error('The issuer should be the prefix of the label ("Issuer").')
  return { issuer, account }
}

describe('the label of a new app is one of the Key URI Format', () => {
  test.each([
    [unnamed, 'localhost'],
    [named, 'Harbour & Sons'],
  ])('of %#', async (server, issuer) => {
    const { prompt } = await testerFor(server, 'ada').begin('totp')
    expect(readKeyUri(prompt.address)).toEqual({ issuer, account: 'ada' })
  })

  test('whatever the service and the person are called', () => {
    const ofRightForm = fc.string({ unit: 'grapheme' }).filter((text) => serviceName.safeParse(text).success)
    fc.assert(
      fc.property(ofRightForm, (issuer) => {
        const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
        expect(readKeyUri(keyUriOf(issuer, 'ada@example.test', secret))).toEqual({
          issuer,
          account: 'ada@example.test',
        })
      }),
    )
  })
})

test.each([
  ['https://id.example.test:8443', 'id.example.test'],
  ['http://127.0.0.1:4000', '127.0.0.1'],
  ['http://[::1]:4000', '..1'],
])('without a name, %s is %s', (issuer, expected) => {
  expect(serviceNameOf({}, new URL(issuer))).toBe(expected)
})

test.each(['', ' ID', 'ID ', 'Harbour: ID', 'a\nb', 'x'.repeat(41)])('%j is no name', (text) => {
  expect(serviceName.safeParse(text).success).toBe(false)
})

test('it stands in the titles of pages, in those of their script too, beside a new passkey, and in texts', async () => {
  const html = await (await new Browser().get(named.issuer)).text()
  expect(html).toContain('<title>Welcome · Harbour &#38; Sons</title>')
  expect(html).toContain('<meta name="application-name" content="Harbour &#38; Sons">')
  const refused = await (await new Browser().get(`${named.issuer}/auth`)).text()
  expect(refused).toMatch(/<title>.* · Harbour &#38; Sons<\/title>/)
  const { prompt } = await testerFor(named, 'ada').begin('passkey')
  expect(prompt.rp).toEqual({ id: 'localhost', name: 'Harbour & Sons' })
  const site = { issuer: new URL(named.issuer), serviceName: 'Harbour & Sons' }
  expect(messageText('482913', 60_000, site)).toMatch(/^482913 is your Harbour & Sons code\. /)
})

test('another name is taken up while it runs', async () => {
  named.reconfigure((clients) => `name: Harbour ID\n${demo(clients)}`)
  expect(await (await new Browser().get(named.issuer)).text()).toContain('<title>Welcome · Harbour ID</title>')
  const { prompt } = await testerFor(named, 'ada').begin('totp')
  expect(readKeyUri(prompt.address).issuer).toBe('Harbour ID')
})
