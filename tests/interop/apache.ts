import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { needDebian } from '../debian.ts'

const modules = '/usr/lib/apache2/modules'
const loaded = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_openidc', 'headers', 'dir', 'mime']

interface Registered {
  readonly issuer: string
  readonly port: number
  readonly clientId: string
  readonly clientSecret: string
}

const configured = (folder: string, { issuer, port, clientId, clientSecret }: Registered) => `ServerName localhost
ServerRoot ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${port}
User www-data
Group www-data
${loaded.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
TypesConfig /etc/mime.types
DocumentRoot ${folder}/pages
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret "${clientSecret}"
OIDCRedirectURI http://localhost:${port}/callback
OIDCCryptoPassphrase nothing-but-this-test-knows-it
OIDCPKCEMethod S256
OIDCScope "openid profile"
OIDCIDTokenIatSlack 600
# The browser of the tests says that it is a script, which is answered 401 and not sent to sign in.
RequestHeader unset Sec-Fetch-Mode early
<Location />
  AuthType openid-connect
  Require claim amr:pwd
  Header always set X-Amr "expr=%{reqenv:OIDC_CLAIM_amr}"
  Header always set X-Acr "expr=%{reqenv:OIDC_CLAIM_acr}"
</Location>
<Location /vault.html>
  OIDCPathAuthRequestParams acr_values=urn:sallyport:acr:mfa
  OIDCUnAutzAction auth
  Require claim amr:mfa
</Location>
<Location /bunker.html>
  Require claim amr:hwk
</Location>
`

/** Apache with mod_auth_openidc, both Debian's, on loopback: it asks for what each address says, and looks into amr. */
export async function openApache(registered: Registered): Promise<{ stop(): Promise<void> }> {
  needDebian(`${modules}/mod_auth_openidc.so`, 'apache2', 'libapache2-mod-auth-openidc')
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-apache-'))
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'pages'))
  for (const page of ['index', 'vault', 'bunker']) writeFileSync(join(folder, `pages/${page}.html`), page)
  writeFileSync(join(folder, 'httpd.conf'), configured(folder, registered))
  const apache = spawn('/usr/sbin/apache2', ['-f', join(folder, 'httpd.conf'), '-DFOREGROUND'], { stdio: 'ignore' })
  const ended = new Promise((resolve) => apache.once('exit', resolve))
  for (let tries = 0; tries < 100; tries++) {
    const up = await fetch(`http://127.0.0.1:${registered.port}/`, { redirect: 'manual' }).catch(() => null)
    if (up) {
      return {
        async stop() {
          apache.kill('SIGTERM')
          await ended
          rmSync(folder, { recursive: true, force: true })
        },
      }
    }
    if (apache.exitCode !== null) break
    await wait(100)
  }
  throw new Error(`Apache did not start: ${readFileSync(join(folder, 'error.log'), 'utf8')}`)
}
