import { lookup } from 'node:dns/promises'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP } from 'node:net'
import { canonicalAddress, networkList } from './address.ts'

/** Networks that are not on the open internet (the special-purpose registries of RFC 6890, and multicast). */
const closed = networkList([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
  ...['::/127', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', 'fc00::/7'],
  ...['fe80::/10', 'ff00::/8'],
])
const holds = (list: BlockList, address: string) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** The address to connect to; null when any address of the name is forbidden. The look-up's own result is used. */
export async function reachable(host: string, open: BlockList = new BlockList()): Promise<string | null> {
  const name = host.replace(/^\[|\]$/g, '')
  const found = isIP(name) ? [name] : (await lookup(name, { all: true })).map(({ address }) => address)
  const addresses = found.map(canonicalAddress)
  const mayGo = (address: string | null) => address !== null && (!holds(closed, address) || holds(open, address))
  // A name with one forbidden address is refused as a whole.
  return addresses.every(mayGo) ? (addresses[0] ?? null) : null
}

/**
 * A fetch for addresses that others chose, such as a relying party's for back-channel logout: to the open internet or
 * to networks that the operator named, without redirects. Of the response only the status is returned.
 */
export const fetchOutside = (privateNetworks: readonly string[]) => {
  const open = networkList(privateNetworks)
  return async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    const address = /^https?:$/.test(url.protocol) ? await reachable(url.hostname, open) : null
    if (!address) throw new Error(`${url.origin} is not on the open internet, nor in outgoing.private_networks.`)
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? requestHttps : requestHttp
      const request = send(
        {
          host: address,
          ...(isIP(url.hostname.replace(/^\[|\]$/g, '')) ? {} : { servername: url.hostname }),
          port: url.port || undefined,
          path: url.pathname + url.search,
          method: init.method ?? 'GET',
          headers: { ...Object.fromEntries(new Headers(init.headers)), host: url.host },
          ...(init.signal ? { signal: init.signal } : {}),
        },
        (response) => {
          response.destroy()
          resolve(new Response(null, { status: response.statusCode ?? 502 }))
        },
      )
      request.on('error', reject)
      request.end(init.body === undefined || init.body === null ? undefined : String(init.body))
    })
  }
}
