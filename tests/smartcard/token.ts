import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authority } from '../pki.ts'
import { databaseIn } from './reader.ts'

const pin = '123456'
const module = '/usr/lib/softhsm/libsofthsm2.so'

/** A card: a PKCS #11 token whose key was made on it, and never left it. */
export interface Token {
  /** What is public of it: a file. */
  readonly certificate: string
  /** For a program that is to have the token in its reader; another PIN is a wrong one. */
  environment(pin?: string): Readonly<Record<string, string>>
  /** Puts the reader into a browser's home. */
  insertInto(home: string): void
}

export async function tokenIn(folder: string, authority: Authority): Promise<Token> {
  const [tokens, config] = [join(folder, 'tokens'), join(folder, 'softhsm2.conf')]
  mkdirSync(tokens)
  writeFileSync(config, `directories.tokendir = ${tokens}\nlog.level = ERROR\n`)
  const environment = (given = pin) => ({ SOFTHSM2_CONF: config, AUTOPIN: given })
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { stdio: 'pipe', env: { ...process.env, ...environment() } })
  const onToken = (...args: readonly string[]) =>
    run('pkcs11-tool', '--module', module, '--login', '--pin', pin, '--id', '01', '--label', 'ada', ...args)

  run('softhsm2-util', '--init-token', '--free', '--label', 'card', '--pin', pin, '--so-pin', '12345678')
  onToken('--keypairgen', '--key-type', 'EC:prime256v1')
  const [request, der, shim] = ['ada.csr', 'ada.der', 'autopin.so'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const key = `pkcs11:token=card;object=ada;type=private;pin-value=${pin}`
  run(
    'openssl',
    'req',
    '-new',
    '-engine',
    'pkcs11',
    '-keyform',
    'engine',
    '-key',
    key,
    '-subj',
    '/CN=Ada',
    '-out',
    request,
  )
  const { certificate } = await authority.issue({ request, subject: '/CN=Ada Lovelace' })
  run('openssl', 'x509', '-in', certificate, '-outform', 'DER', '-out', der)
  onToken('--write-object', der, '--type', 'cert')
  const source = new URL('autopin.c', import.meta.url).pathname
  run('gcc', '-shared', '-fPIC', '-I/usr/include/p11-kit-1', '-o', shim, source, '-ldl')
  return {
    certificate,
    environment,
    insertInto: (home) => void run('modutil', '-dbdir', databaseIn(home), '-add', 'card', '-libfile', shim, '-force'),
  }
}
