import { createHash } from 'node:crypto'
import { dersIn } from '../pki.ts'

export const field = (der: Buffer) => `:${der.toString('base64')}:`
export const print = (der: Buffer, hash = 'sha256') => createHash(hash).update(der).digest('hex')

type Forgeries = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Of nginx, Apache, HAProxy, Envoy, Traefik, Azure, AWS, Cloudflare, F5, Istio, OpenShift, Keycloak and RFC 9440. */
export function forgeriesOf(chain: string): Forgeries {
  const [leaf = Buffer.alloc(0), above = Buffer.alloc(0)] = dersIn(chain)
  const pem = chain.replaceAll('\n', ' ')
  const verified = { 'X-SSL-Client-Verify': 'SUCCESS', 'X-SSL-Client-S-DN': 'CN=Ada Lovelace' }
  return {
    'RFC 9440': { 'Client-Cert': field(leaf), 'Client-Cert-Chain': field(above) },
    nginx: { 'X-SSL-Client-Cert': encodeURIComponent(chain), ...verified },
    'nginx ingress': { 'ssl-client-cert': encodeURIComponent(chain), 'ssl-client-verify': 'SUCCESS' },
    Apache: { SSL_CLIENT_CERT: pem, SSL_CLIENT_VERIFY: 'SUCCESS' },
    HAProxy: { 'X-SSL-Client-DER': leaf.toString('base64'), 'X-SSL-Client-SHA1': print(leaf, 'sha1'), ...verified },
    Envoy: { 'X-Forwarded-Client-Cert': `Hash=${print(leaf)};Cert="${encodeURIComponent(chain)}"` },
    Traefik: { 'X-Forwarded-Tls-Client-Cert': leaf.toString('base64') },
    'Traefik, info': { 'X-Forwarded-Tls-Client-Cert-Info': 'Subject="CN=Ada Lovelace"' },
    Azure: { 'X-ARR-ClientCert': leaf.toString('base64') },
    AWS: {
      'X-Amzn-Mtls-Clientcert': encodeURIComponent(chain),
      'X-Amzn-Mtls-Clientcert-Leaf': encodeURIComponent(chain),
    },
    Cloudflare: { 'Cf-Client-Cert-Der-Base64': leaf.toString('base64') },
    Google: { 'X-Client-Cert-Present': 'true', 'X-Client-Cert-Leaf': field(leaf) },
    F5: { 'X-Client-Cert': pem },
    WebLogic: { 'WL-Proxy-Client-Cert': leaf.toString('base64') },
    Keycloak: { 'X-Certificate-Forwarded': pem, 'SSL-Client-Cert': pem },
  }
}

const found = 'VERIFY S_DN S_DN_CN I_DN M_SERIAL V_START V_END A_KEY SAN_Email_0 CERT_CHAIN_0'.split(' ')
const told = 'DN S-DN I-DN CN DER SHA1 Serial Subject Issuer Fingerprint SAN Not-Before NotAfter V-Start'.split(' ')

/** Each of them by itself, and what else Apache, nginx and HAProxy tell of a certificate. */
export const namesIn = (forgeries: Forgeries): readonly string[] => [
  ...new Set([
    ...Object.values(forgeries).flatMap((headers) => Object.keys(headers)),
    ...found.map((name) => `SSL_CLIENT_${name}`),
    ...told.flatMap((name) => [`X-SSL-Client-${name}`, `X-Client-${name}`]),
    ...['ssl-client-subject-dn', 'ssl-client-issuer-dn', 'X-SSL-Issuer', 'X-XFCC'],
  ]),
]
