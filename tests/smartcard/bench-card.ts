import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Browser } from '../browser.ts'
import type { TestServer } from '../test-server.ts'

/** A card that the bench handed out, and whom its card host is known by. */
export interface BenchCard {
  readonly chain: string
  /** A file. */
  readonly key: string
  readonly site: { readonly self: { readonly certificate: string; readonly key: string; readonly chain: string } }
}

export const benchFile = async (server: TestServer, path: string): Promise<Buffer> =>
  Buffer.from(await (await new Browser().get(`${server.issuer}/bench${path}`)).arrayBuffer())

/** Opens a .p12 of the bench with the password that stands beside it. */
export async function benchCard(server: TestServer, folder: string, name: string): Promise<BenchCard> {
  const { passphrase } = JSON.parse((await benchFile(server, '/api/cards')).toString())
  const [p12, key, certificate] = [`${name}.p12`, `${name}.key`, 'authority.crt'].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ]
  writeFileSync(p12, await benchFile(server, `/cards/${name}.p12`))
  writeFileSync(certificate, await benchFile(server, '/cards/authority.crt'))
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', ['pkcs12', '-in', p12, '-passin', `pass:${passphrase}`, '-nodes', ...args], {
      stdio: 'pipe',
    })
  writeFileSync(key, openssl('-nocerts'))
  return { key, chain: openssl('-nokeys').toString(), site: { self: { certificate, key: '', chain: '' } } }
}
