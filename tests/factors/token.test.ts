import { describe, expect, test } from 'vitest'
import { codeAt } from '#server/factors/oath/codes.ts'
import { codesShownBy, matchAt, matchCode, type TokenCredential, unusedDevice } from '#server/factors/token/device.ts'
import { readDevice } from '#server/factors/token/secret.ts'
import counted from './rfc4226.json' with { type: 'json' }
import timed from './rfc6238.json' with { type: 'json' }

const button = unusedDevice({ secret: counted.secret, algorithm: 'sha1', digits: 6, moves: { by: 'event' } })
const watch = unusedDevice({ ...button, moves: { by: 'time', periodSeconds: 30 } })
const at = (unixTime: number) => new Date(unixTime * 1000)
const now = at(1_111_111_111)
const step = Math.floor(1_111_111_111 / 30)
const say = (device: TokenCredential, counter: number, after: number | null = null) =>
  matchCode(device, codeAt(device, counter), now, after)

test.each(counted.codes.map((code, counter) => ({ code, counter })))('RFC 4226, Appendix D: $counter', (row) => {
  expect(codeAt(button, row.counter)).toBe(row.code)
  expect(matchCode({ ...button, next: row.counter }, row.code, now, null)).toEqual({ is: 'at', counter: row.counter })
})

test.each(timed.rows)('RFC 6238, Appendix B: $algorithm at $unixTime', ({ algorithm, unixTime, eight }) => {
  const secret = timed.secrets[algorithm as keyof typeof timed.secrets]
  const read = readDevice(`otpauth://totp/x?${new URLSearchParams({ secret, algorithm, digits: '8' })}`, 'Token')
  if (!read.ok) throw new Error(read.message)
  expect(matchCode(read.device, eight, at(unixTime), null)).toEqual({ is: 'at', counter: Math.floor(unixTime / 30) })
})

describe('a button', () => {
  test('may have been pressed four times in vain; what was used, and what was passed over, is used up', () => {
    for (const ahead of [0, 1, 4])
      expect(say({ ...button, next: 7 }, 7 + ahead)).toEqual({ is: 'at', counter: 7 + ahead })
    expect(say({ ...button, next: 7 }, 12)).toEqual({ is: 'perhaps', counter: 12 })
    const after = matchAt({ ...button, next: 7 }, 9, now)
    expect(after).toMatchObject({ next: 10, drift: 0 })
    expect(say(after, 9)).toEqual({ is: 'used' })
    for (const passed of [7, 8]) expect(say(after, passed)).toEqual({ is: 'nothing' })
  })

  test('that ran ahead is found by two codes in a row, and by nothing else', () => {
    expect(say(button, 60)).toEqual({ is: 'perhaps', counter: 60 })
    expect(say(button, 61, 60)).toEqual({ is: 'at', counter: 61 })
    expect(say(button, 63, 60)).toEqual({ is: 'perhaps', counter: 63 })
    expect(say(button, 60, 60)).toEqual({ is: 'perhaps', counter: 60 })
    expect(say(button, 101)).toEqual({ is: 'nothing' })
    expect(say({ ...button, next: 61 }, 60, 59)).toEqual({ is: 'used' })
  })
})

describe('a clock', () => {
  test('of 60 seconds may be a step off, and no two', () => {
    const slow = unusedDevice({ ...button, moves: { by: 'time', periodSeconds: 60 } })
    const at60 = Math.floor(1_111_111_111 / 60)
    for (const off of [-1, 0, 1]) expect(say(slow, at60 + off)).toEqual({ is: 'at', counter: at60 + off })
    for (const off of [-2, 2]) expect(say(slow, at60 + off)).toEqual({ is: 'perhaps', counter: at60 + off })
  })

  test('may be a step off; what is learnt of it is kept, and each step counts once', () => {
    for (const off of [-1, 0, 1]) expect(say(watch, step + off)).toEqual({ is: 'at', counter: step + off })
    const after = matchAt(watch, step + 1, now)
    expect(after).toMatchObject({ next: step + 2, drift: 1 })
    expect(say(after, step + 2)).toEqual({ is: 'at', counter: step + 2 })
    for (const used of [step, step + 1]) expect(say(after, used)).toEqual({ is: 'used' })
  })

  test('of ours that was ahead: a step that was spent then is spent when it comes', () => {
    const hours = at((step + 1000) * 30)
    const ahead = matchAt(watch, step + 1000, hours)
    const back = matchAt(ahead, step, now)
    expect(matchCode(back, codeAt(back, step + 1000), hours, null)).toEqual({ is: 'used' })
    expect(matchCode(back, codeAt(back, step + 999), hours, null)).toEqual({ is: 'at', counter: step + 999 })
  })

  test('that is minutes off is found by two codes in a row, forwards and backwards', () => {
    for (const off of [-20, -5, 5, 20]) {
      expect(say(watch, step + off)).toEqual({ is: 'perhaps', counter: step + off })
      expect(say(watch, step + off + 1, step + off)).toEqual({ is: 'at', counter: step + off + 1 })
    }
    expect(say(watch, step + 21)).toEqual({ is: 'nothing' })
    expect(say({ ...watch, next: step }, step - 5)).toEqual({ is: 'nothing' })
  })

  test('shows what it shows, by its own time', () => {
    expect(codesShownBy(matchAt(watch, step + 1, now), now)).toMatchObject({ counter: step + 1 })
    expect(codesShownBy(watch, now)).toMatchObject({
      counter: step,
      until: at((step + 1) * 30).toISOString(),
      usedUntil: null,
    })
    expect(codesShownBy(matchAt(watch, step, now), now).usedUntil).toBe(at((step + 1) * 30).toISOString())
  })
})

test.each([
  ['base32 alone', counted.secret, /otpauth/],
  ['another scheme', 'otpauth://push/x?secret=A', /otpauth/],
  ['a short secret', 'otpauth://hotp/x?secret=GEZDGNBV', /128 bits/],
  ['two counters', `otpauth://hotp/x?secret=${counted.secret}&counter=1&Counter=2`, /"counter" twice/],
] as const)('an operator is told: %s', (_, written, message) => {
  const read = readDevice(written, 'Token')
  expect(read.ok ? '' : read.message).toMatch(message)
})
