import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Authority, Issued } from '../pki.ts'

const policies = '/etc/chromium/policies/managed'
const passphrase = 'secret'
const run = (program: string, ...args: readonly string[]) => execFileSync(program, args, { stdio: 'pipe' })

/** From now on every Chromium on this machine shows a card host what it has, and asks nobody; until the tests of a file end. */
export function chooseByPolicy(): void {
  const file = join(policies, `sallyport-test-${randomUUID()}.json`)
  const choice = JSON.stringify({ pattern: 'https://[*.]card.localhost', filter: {} })
  mkdirSync(policies, { recursive: true })
  writeFileSync(file, JSON.stringify({ AutoSelectCertificateForUrls: [choice] }))
  afterAll(() => rmSync(file))
}

/** A home for a browser that trusts the card host, with an NSS database, and with this card in it. */
export function homeWith(site: Authority, card: Issued | null): string {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-home-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  const nss = databaseIn(home)
  mkdirSync(join(home, '.pki/nssdb'), { recursive: true })
  run('certutil', '-d', nss, '-N', '--empty-password')
  run('certutil', '-d', nss, '-A', '-t', 'C,,', '-n', 'site', '-i', site.self.certificate)
  if (card) {
    const [chain, p12] = [join(home, 'chain.crt'), join(home, 'card.p12')]
    writeFileSync(chain, card.chain)
    run('openssl', 'pkcs12', '-export', '-in', chain, '-inkey', card.key, '-out', p12, '-passout', `pass:${passphrase}`)
    run('pk12util', '-d', nss, '-i', p12, '-W', passphrase)
  }
  return home
}
export const databaseIn = (home: string): string => `sql:${join(home, '.pki/nssdb')}`
