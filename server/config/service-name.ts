import { z } from 'zod'

/**
 * The name of the service: at most 40 characters, so that a text message that says it stays one part of GSM-7. No colon
 * (Key URI Format, "Label").
 */
export const serviceName = z
  .string()
  .max(40)
  .regex(/^[^\s:\p{C}]([^:\p{C}]*[^\s:\p{C}])?$/u, 'The name of the service has no colon, and no space at its ends.')

/** The name that people are shown: as the operator gave it, else the host of the issuer, without a port. */
export const serviceNameOf = ({ name }: { readonly name?: string | undefined }, { hostname }: URL): string =>
  // An IPv6 host (RFC 3986 §3.2.2) has colons.
  name ?? hostname.replace(/[[\]]/g, '').replaceAll(':', '.')
