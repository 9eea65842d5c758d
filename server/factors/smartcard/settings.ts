import { z } from 'zod'
import { secret } from '../../secrets/secret-source.ts'
import { name } from '../../settings/name.ts'
import { network } from '../../settings/network.ts'
import { cardBindings } from './handle.ts'

const file = z.string().min(1)
/** A host with an optional port, as certificates and the configuration name it. */
const host = z.string().regex(/^[\w.-]+(:\d{1,5})?$/, 'A host is written as ocsp.example.test, or with a port.')

const dotted = /[0-2](\.(0|[1-9]\d*))+/
const oid = z
  .string()
  .regex(new RegExp(`^${dotted.source}$`), 'An object identifier is written as 2.16.840.1.101.3.2.1.48.1.')
const purpose = z
  .string()
  .regex(
    new RegExp(`^(clientAuth|smartcardLogon|anyExtendedKeyUsage|absent|${dotted.source})$`),
    'A purpose is clientAuth, smartcardLogon, anyExtendedKeyUsage, absent, or an object identifier.',
  )

const revocation = z.strictObject({
  lists: z.array(file).default([]).describe('Files with revocation lists (PEM or DER), read again when they change'),
  responder: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Asked about every card (OCSP)'),
  hosts: z.array(host).default([]).describe('Where certificates may name lists and responders'),
  nonce: z.enum(['required', 'optional']).default('required').describe('Whether an OCSP answer has to repeat ours'),
  unreachable: z
    .enum(['refuse', 'accept'])
    .default('refuse')
    .describe('What becomes of a card while nobody can say that it is not revoked'),
})

const anchor = z
  .strictObject({
    name,
    certificates: file.describe('The authorities that are trusted (PEM)'),
    intermediates: file
      .optional()
      .describe('Those between them and the cards, for browsers that do not send them (PEM)'),
    purposes: z
      .array(purpose)
      .min(1)
      .default(['clientAuth', 'smartcardLogon'])
      .describe('The extended key usages that cards sign in with, by name or identifier; absent: cards without any'),
    binding: z.enum(cardBindings).default('key').describe('What a card is known by'),
    unlocked: z
      .boolean()
      .default(false)
      .describe('The issuance policy has every key on a token, and used after its PIN alone'),
    revocation,
  })
  .refine(
    ({ revocation: { lists, responder, hosts, unreachable } }) =>
      unreachable === 'accept' || responder !== undefined || lists.length + hosts.length > 0,
    { path: ['revocation'], error: 'Nobody can say whether a card is revoked: name lists, a responder or hosts.' },
  )

/** The settings of the card host and of its anchors. */
export const card = z
  .strictObject({
    origin: z
      .string()
      .regex(
        /^https:\/\/(\*\.)?[\w.-]+(:\d{1,5})?$/,
        'This is https, a host (*. before it: another one for each try), and a port.',
      )
      .describe('Where browsers find the card host: a host or a port of its own'),
    listen: z.strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65_535) }),
    tls: z
      .strictObject({ certificate: file, key: secret })
      .optional()
      .describe('The card host’s own certificate, with its chain, and key (PEM)'),
    proxy: z
      .strictObject({
        networks: z.array(network).min(1),
        secret: secret.describe('Sent by it as Sallyport-Proxy, with the fingerprint of the certificate'),
      })
      .optional()
      .describe('In place of tls: a proxy ends TLS, and sends Client-Cert and Client-Cert-Chain (RFC 9440)'),
    policies: z
      .array(oid)
      .default([])
      .describe('Certificate policies, one of which a card has to stand under; none: whatever it stands under'),
    anchors: z.array(anchor).min(1),
  })
  .refine(({ tls, proxy }) => (tls === undefined) !== (proxy === undefined), {
    path: ['tls'],
    error: 'TLS ends here (tls) or at a proxy (proxy).',
  })
export type CardSettings = z.output<typeof card>
