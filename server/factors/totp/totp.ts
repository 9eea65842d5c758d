import { randomBytes } from 'node:crypto'
import { base32nopad } from '@scure/base'
import { contracts } from '#shared/factors/index.ts'
import type { Factor } from '../contract/factor.ts'
import { plainCode } from '../contract/plain-code.ts'
import { codeAt } from '../oath/codes.ts'
import { beginningOf, stepAt, stepsOf, type TotpParameters } from '../oath/steps.ts'
import { appIn, isUnused, neverUsed, spending, spentThroughStep, wasSpentAhead } from './credential.ts'
import { totpEnrolment } from './enrolment.ts'
import { readAppSecret } from './secret.ts'

/** The app for accounts without one, so that their answers take the same time. */
const nobodys: TotpParameters = {
  secret: base32nopad.encode(randomBytes(20)),
  algorithm: 'sha1',
  digits: 6,
  periodSeconds: 30,
}

/** Single-use codes of an authenticator app. */
export const totp: Factor<'totp'> = {
  contract: contracts.totp,
  several: true,
  asksWhichOne: true,
  uses: 'until-right',

  async challenge(context) {
    const apps = await context.authenticators()
    const [digits = null, ...others] = new Set(apps.map(({ credential }) => appIn(credential).digits))
    return { prompt: { digits: context.hasProof && others.length === 0 ? digits : null }, state: null }
  },

  async verify(context, answer) {
    const code = plainCode(answer.code)
    const apps = await context.authenticators()
    if (apps.length === 0) stepsOf(nobodys, code, context.now)
    const matches = apps.flatMap((one) =>
      stepsOf(appIn(one.credential), code, context.now).map((step) => ({ one, app: appIn(one.credential), step })),
    )
    const fresh = matches.findLast(({ app, step }) => isUnused(app, step, context.now))
    if (!fresh || context.account === null)
      return { is: 'refused', why: { code: matches.length > 0 ? 'used-code' : 'wrong-code' } }
    return {
      is: 'proven',
      account: context.account,
      authenticator: fresh.one.id,
      proof: { methods: ['otp'], proves: ['has'] },
      ifSpent: { code: 'used-code' },
      spends: [{ ...fresh.one, credential: spending(fresh.app, fresh.step) }],
      ...(wasSpentAhead(fresh.app, context.now) ? { remark: 'a code was spent by a clock that was ahead' } : {}),
    }
  },

  enrolment: totpEnrolment,

  async import(secret, { label }, before) {
    const read = readAppSecret(secret, label)
    if (!read.ok) return read
    const { app } = read
    const known = before ? appIn(before) : null
    const same = known && Object.entries(app).every(([name, value]) => known[name as keyof TotpParameters] === value)
    return { ok: true, credential: same ? before : neverUsed(app) }
  },

  demonstrate(credential, now) {
    const app = appIn(credential)
    const step = stepAt(app, now)
    return {
      code: codeAt(app, step),
      until: beginningOf(app, step + 1),
      usedUntil: isUnused(app, step, now) ? null : beginningOf(app, Math.max(step, spentThroughStep(app, now)) + 1),
    }
  },
}
