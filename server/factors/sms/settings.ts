import { z } from 'zod'
import { secret } from '../../secrets/secret-source.ts'

const pattern = z.string().refine(isPattern, 'This is no regular expression.')
function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text, 'u'))
  } catch {
    return false
  }
}

const gateway = z
  .strictObject({
    url: secret.describe(
      'Where texts are handed over; {to}, {digits} (without its plus), {from} and {text} stand for what is sent',
    ),
    method: z.enum(['GET', 'POST']).default('POST'),
    headers: z.record(z.string().regex(/^[\w-]+$/), secret).default({}),
    body: secret.optional().describe('With the same places, written as its content-type has them'),
    sent: pattern.describe('A regular expression that an answer matches when the text was taken'),
    queued: pattern.optional().describe('The same, when it was only kept for later'),
  })
  .refine(({ method, body }) => method === 'POST' || body === undefined, {
    path: ['body'],
    error: 'A GET has no body.',
  })

const smsc = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  tls: z.boolean().default(false),
  system_id: z.string().min(1).max(15),
  password: secret,
  system_type: z.string().max(12).default(''),
})

/** The settings of text messages: the gateway and the permitted countries. */
export const smsSettings = z
  .strictObject({
    countries: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'A country has two capital letters (ISO 3166-1): CH.'))
      .default([])
      .describe('Where texts may be sent to; while it is empty, none is'),
    from: z.string().min(1).max(20).default('Sallyport').describe('The sender that phones show: a name or a number'),
    sender: z
      .union([z.literal('outbox'), z.strictObject({ http: gateway }), z.strictObject({ smpp: smsc })])
      .default('outbox')
      .describe('The outbox is shown by the bench'),
  })
  .prefault({})
  .describe('Text messages')

export type TextSettings = z.output<typeof smsSettings>
