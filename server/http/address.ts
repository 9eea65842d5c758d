import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv4 } from 'node:net'

/** A list to check addresses against, from networks in CIDR notation. */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6')
  }
  return list
}

/**
 * The network address of a request: the socket's address; or, behind listed proxies, the right-most hop of
 * X-Forwarded-For that is not a listed proxy, since only hops that a listed proxy wrote can be trusted. Null when
 * unknown: a hop that is not an address is never skipped, and a proxy's own address is never taken for the person's.
 */
export function addressOf(
  socket: string | undefined,
  forwarded: string | undefined,
  proxies: BlockList,
): string | null {
  const hops = (forwarded ?? '').split(',')
  let here = canonicalAddress((socket ?? '').replace(/%.*$/, ''))
  while (here !== null && proxies.check(here, isIPv4(here) ? 'ipv4' : 'ipv6'))
    here = canonicalAddress((hops.pop() ?? '').trim())
  return here
}

/** A function for the network address of requests; the list of proxies is made once. */
export function addressReader(networks: readonly string[]) {
  const proxies = networkList(networks)
  return ({ socket, headers }: IncomingMessage): string | null =>
    addressOf(socket.remoteAddress, [headers['x-forwarded-for'] ?? []].flat().join(','), proxies)
}

/** The network that shares one budget: an IPv4 address, or a /64 of IPv6, the usual network of one subscriber. */
export function budgetOf(address: string | null): string {
  if (address === null) return 'unknown'
  return isIPv4(address) ? address : `${groupsOf(address).slice(0, 4).join(':')}::/64`
}

/** The canonical address (RFC 5952), IPv4 in IPv6 as IPv4; null for anything else, also with a port or a zone. */
export function canonicalAddress(text: string): string | null {
  if (isIP(text) !== 6) return isIPv4(text) ? text : null
  const address = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1)
  if (!address) return null
  const groups = groupsOf(address)
  if (!/^0:0:0:0:0:ffff:/.test(groups.join(':'))) return address
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly string[] {
  const [left = [], right = []] = address.split('::').map((half) => half.split(':').filter(Boolean))
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
}
