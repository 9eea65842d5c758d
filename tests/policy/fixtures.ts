import type { Ask } from '#shared/ask.ts'
import type { Evidence } from '#shared/evidence.ts'

/** A request that asks for nothing in particular. */
export const ask: Ask = {
  client: 'c',
  acrValues: [],
  essentialAcr: null,
  maxAgeSeconds: null,
  fresh: false,
  silent: false,
  loginHint: null,
  subject: null,
}

/** Ada's password, proven. */
export const proof = (more: Partial<Evidence> = {}): Evidence => ({
  id: 'e1',
  account: 'ada',
  factor: 'password',
  authenticator: 'a1',
  methods: ['pwd'],
  proves: ['knows'],
  at: 1_000_000,
  current: false,
  ...more,
})
