import { z } from 'zod'
import { algorithmNamed, type ReadAccount, readBase32, unreadable } from './otpauth.ts'

/** A parameter with a default. An empty parameter counts as absent, because some apps export empty parameters. */
const parameter = (usual: string) =>
  z
    .string()
    .default('')
    .transform((text) => text.trim() || usual)
const common = {
  secret: parameter('').refine((text) => text !== '', 'This otpauth address has no secret.'),
  algorithm: parameter('SHA1')
    .transform(algorithmNamed)
    .refine((hash) => hash !== null, 'The algorithm of codes is SHA1, SHA256 or SHA512.'),
  digits: parameter('6')
    .pipe(z.enum(['6', '8'], 'Codes have 6 or 8 digits.'))
    .transform((text) => (text === '8' ? 8 : 6)),
}
/** The moving factor's parameter of each kind; that of the other kind is ignored, because some apps export both. */
const moves = {
  time: parameter('30')
    .pipe(z.enum(['30', '60'], 'The period of codes is 30 or 60 seconds.'))
    .transform((text) => ({ by: 'time', periodSeconds: text === '60' ? 60 : 30 }) as const),
  event: parameter('0')
    .refine((text) => /^\d{1,9}$/.test(text), 'A counter is a whole number.')
    .transform((text) => ({ by: 'event', counter: Number(text) }) as const),
}
const kinds = {
  time: z.object({ ...common, period: moves.time }).transform(({ period, ...one }) => ({ ...one, moves: period })),
  event: z.object({ ...common, counter: moves.event }).transform(({ counter, ...one }) => ({ ...one, moves: counter })),
}
const ours = ['secret', 'algorithm', 'digits', 'counter', 'period']
/** Parameters with which some apps make other codes of the same secret, and which are refused. */
const changing = ['encoder', 't0']

/**
 * Reads an otpauth:// address (the Key URI Format) as apps export it: names in any case, and parameters that are empty,
 * belong to the other kind, or are unknown. Error messages never repeat a secret.
 */
export function readKeyUri(written: string): ReadAccount {
  const url = URL.parse(written.trim())
  const kind = /^totp$/i.test(url?.host ?? '') ? 'time' : /^hotp$/i.test(url?.host ?? '') ? 'event' : null
  if (url?.protocol !== 'otpauth:' || !kind) return unreadable('This is no otpauth://totp/ or otpauth://hotp/ address.')
  const pairs = [...url.searchParams].map(([name, value]) => [name.toLowerCase(), value] as const)
  const given = new Map(pairs)
  const twice = pairs.find(([name, value]) => ours.includes(name) && value !== given.get(name))
  if (twice) return unreadable(`This otpauth address says "${twice[0]}" twice.`)
  const other = pairs.find(([name, value]) => changing.includes(name) && !['', '0'].includes(value))
  if (other)
    return unreadable(`This otpauth address has "${other[0]}", which makes other codes than those of RFC 6238.`)
  const parsed = kinds[kind].safeParse(Object.fromEntries(given))
  if (!parsed.success) return unreadable(parsed.error.issues[0]?.message ?? 'This otpauth address cannot be used.')
  const { secret, algorithm, ...account } = parsed.data
  const read = readBase32(secret)
  return read.ok ? { ok: true, account: { ...account, algorithm, secret: read.secret } } : read
}
