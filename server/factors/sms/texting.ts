import type { YamlPath } from '../../operator/yaml-file.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { SecretSource } from '../../secrets/secret-source.ts'
import type { Gateway } from './gateways/http.ts'
import type { Smsc } from './gateways/smpp/sender.ts'
import type { TextSettings } from './settings.ts'

/** The configuration of text messages in force: secrets wrapped. */
export interface Texting extends Pick<TextSettings, 'countries' | 'from'> {
  readonly sender:
    | { readonly is: 'outbox' }
    | { readonly is: 'http'; readonly gateway: Gateway }
    | { readonly is: 'smpp'; readonly smsc: Smsc }
}

interface Reader {
  readonly bench: boolean
  readonly secret: (source: SecretSource, path: YamlPath) => Secret<string>
  readonly say: (path: YamlPath, message: string) => void
}

export function textingOf({ countries, from, sender }: TextSettings, read: Reader): Texting {
  if (sender === 'outbox') {
    if (countries.length > 0 && !read.bench)
      read.say(['sms', 'sender'], 'The outbox is the bench’s, which is off: name a gateway.')
    return { countries, from, sender: { is: 'outbox' } }
  }
  if ('http' in sender) return { countries, from, sender: { is: 'http', gateway: gatewayOf(sender.http, read) } }
  const { system_id: systemId, system_type: systemType, password, ...address } = sender.smpp
  const secret = read.secret(password, ['sms', 'sender', 'smpp'])
  return { countries, from, sender: { is: 'smpp', smsc: { ...address, systemId, systemType, password: secret } } }
}

type Written = Extract<TextSettings['sender'], { http: object }>['http']
function gatewayOf({ url, method, headers, body, sent, queued }: Written, { secret, say: report }: Reader): Gateway {
  const path = ['sms', 'sender', 'http']
  const address = secret(url, [...path, 'url'])
  if (!/^https?:$/.test(URL.parse(address.reveal())?.protocol ?? ''))
    report([...path, 'url'], 'This is no http(s) address.')
  const wrapped = Object.entries(headers).map(([name, source]): [string, Secret<string>] => [
    name,
    secret(source, [...path, 'headers', name]),
  ])
  return {
    url: address,
    method,
    headers: new Map(wrapped),
    body: body === undefined ? null : secret(body, [...path, 'body']),
    sent: new RegExp(sent, 'u'),
    queued: queued === undefined ? null : new RegExp(queued, 'u'),
  }
}
