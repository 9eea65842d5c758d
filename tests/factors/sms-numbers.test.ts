import { expect, test } from 'vitest'
import { passwords as settings } from '#server/factors/password/settings.ts'
import { sms } from '#server/factors/sms/sms.ts'
import { contracts } from '#shared/factors/index.ts'
import { number } from '../phones.ts'

const passwords = settings.parse(undefined)

test('numbers are read as people write them; what cannot be sent a text is refused', async () => {
  const read = (secret: string) =>
    sms.import(secret, { label: 'Phone', names: [], isOnlyFactor: false, passwords }, undefined)
  const prefixed = ['0041791234567', '00 41 79 123 45 67', '(0041) 79 123 45 67', '\u202a0041791234567\u202c']
  const wide = ['＋41 79 123 45 67', '＋４１ ７９ １２３ ４５ ６７', '００４１７９１２３４５６７']
  for (const written of ['+41 79 123 45 67', '+41(0)79 123-45-67', ' +41791234567 ', ...prefixed, ...wide])
    expect(await read(written)).toEqual({ ok: true, credential: { number } })
  for (const none of [
    '079 123 45 67',
    '00 79 123 45 67',
    '+0041791234567',
    '00',
    '+41 44 668 18 00',
    '+41 79 123',
    '+800 1234 5678',
    '112',
    '',
    'ada',
  ])
    expect(await read(none)).toMatchObject({ ok: false })
  expect(
    await sms.import('+1 415 555 2671', { label: 'Phone', names: [], isOnlyFactor: false, passwords }, undefined),
  ).toMatchObject({
    ok: true,
  })
  expect(contracts.sms.challenge.answer.safeParse({ code: '123456', to: number }).success).toBe(false)
})
