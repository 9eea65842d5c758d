import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressOf, budgetOf, networkList } from '#server/http/address.ts'

const nobody = networkList([])
const ours = networkList(['10.0.0.0/8', '2001:db8:feed::/48'])

describe('without a listed proxy', () => {
  test('the address is the socket’s, in one spelling', () => {
    expect(addressOf('192.0.2.7', undefined, nobody)).toBe('192.0.2.7')
    expect(addressOf('::ffff:192.0.2.7', undefined, nobody)).toBe('192.0.2.7')
    expect(addressOf('2001:DB8:0:0:0:0:0:1', undefined, nobody)).toBe('2001:db8::1')
    expect(addressOf('fe80::1%eth0', undefined, nobody)).toBe('fe80::1')
    expect(addressOf('::', undefined, nobody)).toBe('::')
    expect(addressOf(undefined, '192.0.2.7', nobody)).toBeNull()
  })

  test('no header changes it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (header) => {
        expect(addressOf('192.0.2.7', header, nobody)).toBe('192.0.2.7')
        expect(addressOf('192.0.2.7', header, ours)).toBe('192.0.2.7')
      }),
    )
  })
})

describe('behind listed proxies', () => {
  test.each([
    ['one hop', '10.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['what the person wrote stands to the left', '10.0.0.1', '198.51.100.1, 192.0.2.7', '192.0.2.7'],
    ['a proxy behind a proxy', '10.0.0.1', '198.51.100.1, 192.0.2.7, 10.2.3.4', '192.0.2.7'],
    ['mapped addresses', '::ffff:10.0.0.1', '::ffff:192.0.2.7,::ffff:10.2.3.4', '192.0.2.7'],
    ['IPv6', '2001:db8:feed::1', '2001:DB8:1:2::00AB', '2001:db8:1:2::ab'],
    ['empty hops on the left', '10.0.0.1', ',, 192.0.2.7', '192.0.2.7'],
  ])('%s', (_what, socket, header, expected) => {
    expect(addressOf(socket, header, ours)).toBe(expected)
  })

  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['nothing but proxies', '10.9.9.9, 10.2.3.4'],
    ['junk', 'a'],
    ['junk on the right', '192.0.2.7, unknown'],
    ['an empty hop on the right', '192.0.2.7,'],
    ['a port', '192.0.2.7:443'],
    ['brackets', '[2001:db8::1]'],
    ['a zone', 'fe80::1%eth0'],
    ['octal digits', '0300.0.2.7'],
    ['too few parts', '192.0.519'],
    ['a network', '192.0.2.0/24'],
  ])('%s: it is not known, and never the proxy’s own', (_what, header) => {
    expect(addressOf('10.0.0.1', header, ours)).toBeNull()
  })

  test('whatever stands to the left of the right-most foreign hop changes nothing', () => {
    fc.assert(
      fc.property(fc.string(), (left) => {
        expect(addressOf('10.0.0.1', `${left},192.0.2.7,10.2.3.4`, ours)).toBe('192.0.2.7')
      }),
    )
  })
})

test('one budget for an IPv4 address, for a /64, and for all who cannot be told apart', () => {
  expect(budgetOf('192.0.2.7')).toBe('192.0.2.7')
  expect(budgetOf(null)).toBe('unknown')
  const budget = (socket: string) => budgetOf(addressOf(socket, undefined, nobody))
  expect(budget('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(budget('2001:db8:1:2::9')).toBe(budget('2001:0db8:0001:0002:ffff::'))
  expect(budget('2001:db8:1:3::9')).not.toBe(budget('2001:db8:1:2::9'))
  expect(budget('2001:db8::9')).toBe('2001:db8:0:0::/64')
  expect(budget('::1')).toBe('0:0:0:0::/64')
})

test('every IPv6 address has four groups of budget', () => {
  fc.assert(
    fc.property(fc.ipV6(), (ip) => {
      expect(budgetOf(addressOf(ip, undefined, nobody))).toMatch(/^(([0-9a-f]{1,4}:){4}:\/64|\d+\.\d+\.\d+\.\d+)$/)
    }),
  )
})
