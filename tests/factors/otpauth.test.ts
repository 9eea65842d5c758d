import { describe, expect, test } from 'vitest'
import { codeAt } from '#server/factors/oath/codes.ts'
import { readDevice } from '#server/factors/token/secret.ts'
import { readAppSecret } from '#server/factors/totp/secret.ts'
import vectors from './rfc6238.json' with { type: 'json' }

const secret = vectors.secrets.SHA1
const app = { secret, algorithm: 'sha1', digits: 6, periodSeconds: 30 }
const read = (written: string) => {
  const given = readAppSecret(written, 'Phone')
  return given.ok ? given.app : given.message
}

describe('an address as apps export it (the Key URI Format)', () => {
  test.each([
    ...['SHA1', 'sha1', 'SHA-1', 'HmacSHA1', 'HMAC-SHA-1', 'hmac_sha1', ''].map((name) => [name, 'sha1'] as const),
    ...['SHA256', 'sha256', 'SHA-256', 'HmacSHA256', 'HMAC-SHA256'].map((name) => [name, 'sha256'] as const),
    ...['SHA512', 'Sha512', 'sha-512', 'HMACSHA512'].map((name) => [name, 'sha512'] as const),
  ])('the algorithm %j is %s', (name, algorithm) => {
    expect(read(`otpauth://totp/x?secret=${secret}&algorithm=${name}`)).toEqual({ ...app, algorithm })
  })

  test.each(['MD5', 'SHA224', 'SHA3-256', 'SHA', 'x'])('the algorithm %j is told', (name) => {
    expect(read(`otpauth://totp/x?secret=${secret}&algorithm=${name}`)).toMatch(/SHA1, SHA256 or SHA512/)
  })

  test.each([
    ['names in any case', `OTPAUTH://TOTP/x?Secret=${secret}&DIGITS=6&Period=30&ISSUER=x`],
    ['empty parameters', `otpauth://totp/x?secret=${secret}&algorithm=&digits=&period=&counter=&issuer=&encoder=`],
    ['a counter where there is a period', `otpauth://totp/x?secret=${secret}&counter=7&period=30`],
    ['a counter that is none', `otpauth://totp/x?secret=${secret}&counter=null`],
    ['parameters that some apps add', `otpauth://totp/x?secret=${secret}&image=https%3A%2F%2Fx&lock=true&icon=A`],
    ['a parameter that was left in a page’s spelling', `otpauth://totp/x?secret=${secret}&amp;issuer=x&amp;digits=8`],
    ['the same twice', `otpauth://totp/x?secret=${secret}&secret=${secret}&issuer=a&issuer=b`],
    ['no label', `otpauth://totp?secret=${secret}`],
    ['a label with a colon too many', `otpauth://totp/id.test%3A8443%3Aada?secret=${secret}`],
    ['a label that is not encoded', `otpauth://totp/Big Corp: ada@x.test?secret=${secret}`],
    ['spaces around', ` otpauth://totp/x?secret=${secret}\n`],
    ['a secret in groups', `otpauth://totp/x?secret=${secret.toLowerCase().replace(/.{4}/g, '$&+')}`],
    ['a padded secret', `otpauth://totp/x?secret=${secret}%3D%3D%3D`],
  ])('%s', (_, written) => {
    expect(read(written)).toEqual(app)
  })

  test('a period where there is a counter', () => {
    const given = readDevice(`otpauth://hotp/x?secret=${secret}&counter=3&period=45`, 'Token')
    expect(given).toMatchObject({ device: { moves: { by: 'event' }, next: 3 } })
  })

  test.each([
    [`otpauth://totp/x?secret=${secret}&period=15`, /30 or 60 seconds/],
    [`otpauth://totp/x?secret=${secret}&digits=7`, /6 or 8 digits/],
    [`otpauth://totp/x?secret=${secret}&SECRET=${secret}AAAA`, /"secret" twice/],
    [`otpauth://totp/x?secret=${secret}&encoder=steam`, /"encoder".*other codes/],
    [`otpauth://totp/x?secret=${secret}&encoder=steam&encoder=`, /"encoder".*other codes/],
    ['otpauth://totp/x?secret=', /no secret/],
    [`otpauth://steam/x?secret=${secret}`, /no otpauth:\/\/totp/],
    [`otpauth://totp/x?secret=${secret.slice(0, 24)}`, /at least 128 bits, and this one has 120/],
    [`otpauth://totp/x?secret=${'A'.repeat(104)}`, /at most 512 bits, and this one has 520/],
  ])('%s is told', (written, message) => {
    expect(read(written)).toMatch(message)
    expect(read(written)).not.toContain(secret.slice(0, 24))
  })
})

describe('base32 (RFC 4648 §6) as apps read it', () => {
  // §3.5: decoders may refuse bits that are left over; what is made of random letters has them three times in four.
  test.each([
    ['26 letters, two bits left over', 'GEZDGNBVGY3TQOJQGEZDGNBVGZ', 'GEZDGNBVGY3TQOJQGEZDGNBVGY'],
    ['28 letters, four bits left over', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3Z', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3Q'],
    ['29 letters, one bit left over', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TR', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQ'],
    ['33 letters, a whole one left over', `${secret}Z`, secret],
    ['a padding and a space after it', `${secret} === `, secret],
    ['hyphens of any kind', secret.replace(/.{8}/g, '$&\u2013'), secret],
  ])('%s', (_, written, same) => {
    const [left, right] = [read(written), read(same)]
    expect(left).toMatchObject({ secret: same })
    expect(left).toEqual(right)
  })

  test('what an app of leftover bits shows is taken', () => {
    const given = readAppSecret('GEZDGNBVGY3TQOJQGEZDGNBVGZ', 'Phone')
    // As oathtool --base32 has it for the same sixteen bytes.
    expect(given.ok && codeAt(given.app, 0)).toBe('504023')
  })

  test.each(['0189', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ0', 'GEZD=NBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'é'])(
    '%j is told',
    (written) => {
      expect(read(written)).toMatch(/^This is neither base32/)
    },
  )
})
