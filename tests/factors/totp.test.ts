import { describe, expect, test } from 'vitest'
import type { AnswerContext, ChallengeContext } from '#server/factors/contract/factor.ts'
import { passwords as settings } from '#server/factors/password/settings.ts'
import { totp } from '#server/factors/totp/totp.ts'
import { passkeys } from '#server/settings/passkeys.ts'
import vectors from './rfc6238.json' with { type: 'json' }

const passwords = settings.parse(undefined)
const ascii = vectors.secrets.SHA1
const at = (unixTime: number) => new Date(unixTime * 1000)
const uri = (secret: string, more: Readonly<Record<string, string | number>>) =>
  `otpauth://totp/Sallyport:ada?${new URLSearchParams({ secret, ...more })}`

/** Somebody's apps, as an import makes them; what an answer spends is kept, as the sign-in stores it. */
async function somebody(...secrets: readonly string[]) {
  const kept = await Promise.all(
    secrets.map(async (secret) => {
      const made = await totp.import(secret, { label: 'Phone', names: [], isOnlyFactor: false, passwords }, undefined)
      if (!made.ok) throw new Error(made.message)
      return made.credential
    }),
  )
  const apps = kept.map((one, id) => ({
    id: `${id}`,
    account: 'ada',
    factor: 'totp' as const,
    label: `${id}`,
    handle: null,
    credential: one,
    revision: 0,
    failures: 0,
    failuresAfterProof: 0,
    lastUsedAt: null,
    boundAt: null,
  }))
  const context = (now: Date, account: string | null = 'ada', known = true): AnswerContext & ChallengeContext => ({
    now,
    site: {
      issuer: new URL('http://localhost'),
      serviceName: 'localhost',
      passkeys: passkeys.parse(undefined),
      passwords,
    },
    handleIsKnown: true,
    deliver: async () => null,
    account,
    hasProof: known,
    isSomebodyElses: false,
    authenticators: async () => (account ? apps : []),
  })
  async function answer(code: string, unixTime: number) {
    const verdict = await totp.verify(context(at(unixTime)), { code }, null, {})
    if (verdict.is !== 'proven') return verdict.is === 'refused' ? verdict.why.code : verdict.is
    for (const spent of verdict.spends) {
      const app = apps.find(({ id }) => id === spent.id)
      if (app) app.credential = spent.credential
    }
    return verdict.authenticator
  }
  return { apps, context, answer }
}
/** The code of so many steps after the epoch, for the RFC's SHA-1 secret. */
async function codeAt(step: number, secret = ascii) {
  const { apps } = await somebody(secret)
  return totp.demonstrate?.(apps[0]?.credential, at(step * 30))?.code ?? ''
}
const now = 1_111_111_111
const step = Math.floor(now / 30)

describe('RFC 6238, Appendix B', () => {
  test.each(vectors.rows)('$algorithm at $unixTime: $eight', async ({ algorithm, unixTime, eight, six }) => {
    const secret = vectors.secrets[algorithm as keyof typeof vectors.secrets]
    for (const [digits, code] of [
      [8, eight],
      [6, six],
    ] as const) {
      const { answer, apps } = await somebody(uri(secret, { algorithm, digits }))
      expect(totp.demonstrate?.(apps[0]?.credential, at(unixTime))?.code).toBe(code)
      expect(await answer(code, unixTime)).toBe('0')
    }
  })

  test('a period of 60 seconds', async () => {
    const { answer } = await somebody(uri(ascii, { period: 60, digits: 8 }))
    expect(await answer('94287082', 119)).toBe('0')
  })
})

describe('the window', () => {
  test('is one step before and one after', async () => {
    const outcomes = await Promise.all(
      [-2, -1, 0, 1, 2].map(async (offset) => (await somebody(ascii)).answer(await codeAt(step + offset), now)),
    )
    expect(outcomes).toEqual(['wrong-code', '0', '0', '0', 'wrong-code'])
  })
})

describe('each code is good for once', () => {
  test('a code that comes back is used; after its window it is wrong like any other', async () => {
    const { answer } = await somebody(ascii)
    const code = await codeAt(step)
    expect(await answer(code, now)).toBe('0')
    expect(await answer(code, now)).toBe('used-code')
    expect(await answer(code, now + 30)).toBe('used-code')
    expect(await answer(code, now + 60)).toBe('wrong-code')
  })

  test('an older code after a newer one is used, the next one is not', async () => {
    const { answer } = await somebody(ascii)
    expect(await answer(await codeAt(step), now)).toBe('0')
    expect(await answer(await codeAt(step - 1), now)).toBe('used-code')
    expect(await answer(await codeAt(step + 1), now)).toBe('0')
    expect(await answer(await codeAt(step), now)).toBe('used-code')
  })

  test('a clock that is set back makes nothing new again', async () => {
    const { answer } = await somebody(ascii)
    expect(await answer(await codeAt(step), now)).toBe('0')
    for (const back of [30, 300, 3600])
      expect(await answer(await codeAt(step - back / 30), now - back)).toBe('used-code')
    expect(await answer(await codeAt(step + 1), now + 30)).toBe('0')
  })

  test('a bench shows when a code is used, and from when there is another one', async () => {
    const { answer, apps } = await somebody(ascii)
    const until = at((step + 1) * 30).toISOString()
    const shown = () => totp.demonstrate?.(apps[0]?.credential, at(now))
    expect(shown()).toEqual({ code: await codeAt(step), until, usedUntil: null })
    await answer(await codeAt(step), now)
    expect(shown()).toEqual({ code: await codeAt(step), until, usedUntil: until })
    await answer(await codeAt(step + 1), now)
    expect(shown()?.usedUntil).toBe(at((step + 2) * 30).toISOString())
  })
})

describe('what is typed', () => {
  test.each([['050 471'], [' 050-471 '], ['050\u2013471'], ['050\u00a0471'], ['\uff10\uff15\uff10\uff14\uff17\uff11']])(
    '%j is taken',
    async (code) => {
      expect(await (await somebody(ascii)).answer(code, now)).toBe('0')
    },
  )

  test.each([
    ['no digit', ''],
    ['five digits', '50471'],
    ['seven digits', '0504711'],
    ['all eight, for an app of six', '14050471'],
    ['a letter', '05047l'],
    ['other scripts’ digits', '٠٥٠٤٧١'],
    ['superscripts', '⁰⁵⁰⁴⁷¹'],
    ['a sign', '+050471'],
    ['a number', '5.0471e4'],
    ['very much', '050471'.repeat(5000)],
  ])('%s: refused as wrong like any other', async (_name, code) => {
    expect(await (await somebody(ascii)).answer(code, now)).toBe('wrong-code')
  })
})

describe('several apps', () => {
  const other = 'JLDTSEXMCS2OBMTHV7YFGWI3IYS2ZJ4R'

  test('the code of any of them is taken, and only that one is spent', async () => {
    const { answer } = await somebody(other, ascii)
    expect(await answer(await codeAt(step), now)).toBe('1')
    expect(await answer(await codeAt(step), now)).toBe('used-code')
    expect(await answer(await codeAt(step, other), now)).toBe('0')
  })

  test('the length of codes is told after the first proof, where they are of one', async () => {
    const digitsOf = async (secrets: readonly string[], proven: boolean) => {
      const { context } = await somebody(...secrets)
      const opened = await totp.challenge(context(at(now), 'ada', proven), {}, null)
      return 'prompt' in opened ? opened.prompt.digits : opened
    }
    const eight = uri(other, { digits: 8 })
    expect(await digitsOf([ascii], true)).toBe(6)
    expect(await digitsOf([eight], true)).toBe(8)
    expect(await digitsOf([ascii, eight], true)).toBeNull()
    expect(await digitsOf([eight], false)).toBeNull()
    expect(await digitsOf([], true)).toBeNull()
  })

  test('who has none, or is nobody, is told what a wrong code is told', async () => {
    const { context } = await somebody(ascii)
    const wrong = { is: 'refused', why: { code: 'wrong-code' } }
    expect(await totp.verify(context(at(now), null), { code: await codeAt(step) }, null, {})).toEqual(wrong)
    expect(await (await somebody()).answer(await codeAt(step), now)).toBe('wrong-code')
  })
})
