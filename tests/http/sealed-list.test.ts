import type { IncomingMessage } from 'node:http'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { sealedList } from '#server/http/sealed-list.ts'
import { sealWith } from '#server/secrets/seal.ts'

const list = sealedList('test', z.strictObject({ account: z.string(), at: z.number() }), 1000)
const seal = sealWith([new Uint8Array(32)], 'tickets')

test('a request’s list is opened once, however often it is read; another cookie, and the passing of time, are seen', () => {
  const opening = vi.fn(seal.open)
  const tickets = { ...seal, open: opening }
  let now = 5000
  const keeper = { issuer: new URL('https://id.example.test'), tickets, now: () => new Date(now) }
  const req = { headers: {} } as IncomingMessage
  let cookie = ''
  const cookies = {
    set(name: string, value: string) {
      cookie = `${name}=${value}`
    },
  }
  const add = (account: string) => list.add(keeper, { req, cookies }, { account, at: now }, () => false)
  const accounts = () => list.read(keeper, req).map((one) => one.account)

  add('ada')
  req.headers.cookie = cookie
  expect([accounts(), accounts()]).toEqual([['ada'], ['ada']])
  now = 5500
  add('eve')
  expect(accounts()).toEqual(['ada'])
  expect(opening).toHaveBeenCalledTimes(1)
  req.headers.cookie = cookie
  expect(accounts()).toEqual(['eve', 'ada'])
  now = 6200
  expect(accounts()).toEqual(['eve'])
  expect(opening).toHaveBeenCalledTimes(2)
  req.headers.cookie = `${cookie}x`
  expect([accounts(), accounts()]).toEqual([[], []])
  expect(opening).toHaveBeenCalledTimes(3)
})
