import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keyHandleOf } from '#server/factors/smartcard/handle.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import { openAtHome } from '../chromium.ts'
import { Authority, folderForAll } from '../pki.ts'
import { ask, redeem } from '../sign-in.ts'
import { anchorOf, serverWithCards, withCards } from '../smartcard/card-server.ts'
import { chooseByPolicy, homeWith } from '../smartcard/reader.ts'
import { tokenIn } from '../smartcard/token.ts'

// A PKCS #11 token in Chromium's reader: SoftHSM, with a key that was made on it. Its issuer asserts the PIN.

chooseByPolicy()
const folder = folderForAll()
const staff = await Authority.root(folder, 'staff')
const token = await tokenIn(folder, staff)
const card = readCertificate(readFileSync(token.certificate))
const people = withCards({ ada: { Badge: card ? keyHandleOf(card) : '' }, grace: {} })
const { server, site } = await serverWithCards(folder, await anchorOf(folder, staff, 'staff', 'unlocked: true'), people)

async function atTheDoor(environment: Readonly<Record<string, string>>) {
  const home = homeWith(site, null)
  token.insertInto(home)
  const { page, context } = await openAtHome(home, {}, environment)
  const asked = await ask(server)
  await page.goto(asked.url)
  await page.getByRole('link', { name: 'Use a smartcard' }).click()
  return { page, context, asked }
}

test('the card in the reader and its PIN: sc, hwk and mfa', async () => {
  const { page, context, asked } = await atTheDoor(token.environment())
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['sc', 'hwk', 'mfa'])
  await context.close()
})

test('a wrong PIN, or no card in the reader: no certificate, and a page of ours', async () => {
  for (const environment of [
    token.environment('000000'),
    { ...token.environment(), SOFTHSM2_CONF: join(folder, 'none') },
  ]) {
    const { page, context } = await atTheDoor(environment)
    await page.getByText('Your browser didn’t send a certificate.').waitFor()
    await context.close()
  }
})
