import { expect, test } from 'vitest'
import { codeAt } from '#server/factors/oath/codes.ts'
import { typeAndEnter } from '../chromium.ts'
import rfc from '../factors/rfc4226.json' with { type: 'json' }
import { demo } from '../people/people.ts'
import { serverAndBrowser } from '../test-server.ts'
import { behindPassword } from './behind-password.ts'
import { expectGood } from './good.ts'

const { house: server, browser } = await serverAndBrowser((clients) =>
  demo(clients).replace('[password, totp]', '[password, token]'),
)
const device = { secret: rfc.secret, algorithm: 'sha1', digits: 6 } as const

test('a token that ran ahead is set right by the next code, by keyboard', async () => {
  const token = { factor: 'token', label: 'Blue token', secret: `otpauth://hotp/x?secret=${rfc.secret}` }
  const alan = { username: 'alan', password: 'lamplight archway 12', authenticators: [token] }
  await server.restart(`- ${JSON.stringify(alan)}`)
  const window = await behindPassword(server, browser, alan)
  const { page } = window
  await page.waitForSelector('[name=code]')
  await typeAndEnter(page, codeAt(device, 30))
  await page.getByRole('status').getByText('Your token has run ahead.').waitFor()
  await expectGood(window, 'Enter the code from your token')
  await page.locator('[name=code]').focus()
  await typeAndEnter(page, codeAt(device, 31))
  await page.waitForURL(`${server.clients.treasury}/**`)
  expect(window.complaints).toEqual([])
  await window.context.close()
})
