import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { Secret } from './secret.ts'

/** A configured secret: the value, a file that holds it, or an environment variable (or the file in NAME_FILE). */
export const secret = z
  .union([z.string().min(1), z.strictObject({ file: z.string() }), z.strictObject({ env: z.string() })])
  .describe('A secret: the value, { file: PATH }, or { env: NAME } (NAME_FILE may name a file that holds it)')
export type SecretSource = z.output<typeof secret>

/** Reads a secret; paths are relative to the configuration file. Reports a fault, and never the secret. */
export function readSecret(source: SecretSource, file: string, report: (message: string) => void): Secret<string> {
  try {
    const value = secretIn(source, file)
    if (value) return new Secret(value)
    report(
      typeof source === 'object' && 'env' in source
        ? `Neither ${source.env} nor ${source.env}_FILE is set.`
        : 'This secret is empty.',
    )
  } catch (error) {
    report(`The file of this secret cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  return new Secret('')
}

function secretIn(source: SecretSource, file: string): string | undefined {
  if (typeof source === 'string') return source
  const path = 'file' in source ? source.file : process.env[`${source.env}_FILE`]
  const given = 'env' in source ? process.env[source.env] : undefined
  return given || (path && readFileSync(resolve(dirname(file), path), 'utf8').trim())
}

/** The least length of a client's or API's secret: 128 bits (RFC 6749 §10.10) in base64url. */
const shortest = 22

/** Reports a machine's secret that is shorter than a random one. An unreadable secret is empty, and ignored. */
export function checkLength(given: Secret<string>, report: (message: string) => void, least = shortest): void {
  const { length } = given.reveal()
  if (length > 0 && length < least)
    report(`This secret needs at least ${least} characters: make it with \`openssl rand -base64 32\`.`)
}
