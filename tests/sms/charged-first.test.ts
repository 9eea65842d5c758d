import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { openSmsService } from '#server/factors/sms/sms-service.ts'
import type { Texting } from '#server/factors/sms/texting.ts'
import { opened } from '../store/opened.ts'

// A text cannot be called back. Within a request, writes do not wait for their commits: what a text costs does.
test('a text goes out when its charge is committed, and not before', async () => {
  const { store, file, done } = await opened()
  const other = new DatabaseSync(file, { readOnly: true })
  const charges = other.prepare("SELECT failures FROM attempts WHERE key = 'texts to ada'")
  const seen: unknown[] = []
  /** The outbox looks at the clock as it takes a text. */
  const now = () => {
    seen.push(charges.get()?.failures)
    return new Date()
  }
  const sms: Texting = { countries: ['CH'], from: 'Sallyport', sender: { is: 'outbox' } }
  const service = openSmsService({ config: { sms }, store, log: pino({ level: 'silent' }), now })
  const delivery = { by: 'sms', to: '+41791234567', body: 'Your code is 123456' } as const
  expect(await store.unit(() => service.deliver('ada', delivery))).toBeNull()
  expect(seen).toEqual([undefined, 1])
  await service.close()
  other.close()
  await done()
})
