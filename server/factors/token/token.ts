import { randomBytes } from 'node:crypto'
import { base32nopad } from '@scure/base'
import { contracts } from '#shared/factors/index.ts'
import type { Factor } from '../contract/factor.ts'
import { plainCode } from '../contract/plain-code.ts'
import { codeAt } from '../oath/codes.ts'
import { codesShownBy, deviceIn, isOver, matchAt, matchCode, type TokenCredential, unusedDevice } from './device.ts'
import { readDevice } from './secret.ts'

/** The device that may be ahead, and the counter of its first code. */
type Remembered = { readonly device: string; readonly counter: number } | null

/** The device for accounts without one, so that their answers take the same time. */
const nobodys: TokenCredential = unusedDevice({
  secret: base32nopad.encode(randomBytes(20)),
  algorithm: 'sha1',
  digits: 6,
  moves: { by: 'event' },
})

/** Single-use codes of a hardware token. */
export const token: Factor<'token', Remembered> = {
  contract: contracts.token,
  several: true,
  asksWhichOne: true,
  uses: 'until-right',

  async challenge(context) {
    const devices = await context.authenticators()
    const [digits = null, ...others] = new Set(devices.map(({ credential }) => deviceIn(credential).digits))
    const isOne = context.hasProof && others.length === 0
    return { prompt: { digits: isOne ? digits : null, following: false }, state: null }
  },

  async verify({ now, account, authenticators }, answer, before) {
    const code = plainCode(answer.code)
    const devices = (await authenticators()).filter(({ credential }) => !isOver(deviceIn(credential), now))
    if (devices.length === 0) matchCode(nobodys, code, now, null)
    const heard = devices.map((one) => {
      const after = before?.device === one.id ? before.counter : null
      return { one, device: deviceIn(one.credential), said: matchCode(deviceIn(one.credential), code, now, after) }
    })
    for (const { one, device, said } of heard)
      if (said.is === 'at' && account !== null)
        return {
          is: 'proven',
          account,
          authenticator: one.id,
          proof: { methods: ['otp', 'hwk'], proves: ['has'] },
          ifSpent: { code: 'used-code' },
          spends: [{ ...one, credential: matchAt(device, said.counter, now) }],
        }
    for (const { one, device, said } of heard)
      if (said.is === 'perhaps')
        return {
          is: 'again',
          prompt: { digits: device.digits, following: true },
          state: { device: one.id, counter: said.counter },
        }
    const isUsed = heard.some(({ said }) => said.is === 'used')
    return { is: 'refused', why: { code: isUsed ? 'used-code' : 'wrong-token-code' } }
  },

  async import(secret, { label }, before) {
    const read = readDevice(secret, label)
    if (!read.ok) return read
    const known = before ? deviceIn(before) : null
    const same = known && isSameSecret(known, read.device)
    return { ok: true, credential: same ? before : read.device }
  },

  demonstrate(credential, now) {
    const device = deviceIn(credential)
    const { counter, until, usedUntil } = codesShownBy(device, now)
    return { code: codeAt(device, counter), until, usedUntil }
  },
}

const isSameSecret = (one: TokenCredential, other: TokenCredential) =>
  one.secret === other.secret &&
  one.algorithm === other.algorithm &&
  one.digits === other.digits &&
  JSON.stringify(one.moves) === JSON.stringify(other.moves)
