import { createHash, createHmac, randomBytes } from 'node:crypto'
import { contextTag, der, tags } from '../../factors/smartcard/x509/der.ts'
import { type Identity, oid } from './issue.ts'

const data = oid('2a864886f70d010701')
const certBag = oid('2a864886f70d010c0a0103')
const shroudedKeyBag = oid('2a864886f70d010c0a0102')
const x509 = oid('2a864886f70d01091601')
const friendlyName = oid('2a864886f70d010914')
const localKey = oid('2a864886f70d010915')
const sha256 = oid('608648016503040201')
const macRounds = 2048
const blockBytes = 64

const sequence = (...parts: readonly Buffer[]) => der(tags.sequence, ...parts)
const holding = (type: Buffer, content: Buffer) => sequence(type, der(contextTag(0), content))
const octets = (bytes: Buffer) => der(tags.octetString, bytes)
/** Text in big-endian UTF-16, as everywhere in PKCS #12. */
const wide = (text: string) => Buffer.from(text, 'utf16le').swap16()

/** A key with its certificate, and that of its issuer, as browsers import them (PKCS #12, RFC 7292). */
export function p12Of({ certificate, privateKey }: Identity, issuer: Buffer, name: string, passphrase: string): Buffer {
  const key = privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase })
  const id = createHash('sha1').update(certificate).digest()
  const attributes = der(
    tags.set,
    sequence(localKey, der(tags.set, octets(id))),
    sequence(friendlyName, der(tags.set, der(0x1e, wide(name)))),
  )
  const bag = (type: Buffer, content: Buffer, ...more: readonly Buffer[]) =>
    sequence(type, der(contextTag(0), content), ...more)
  const certificates = [
    bag(certBag, holding(x509, octets(certificate)), attributes),
    bag(certBag, holding(x509, octets(issuer))),
  ]
  const safes = [sequence(...certificates), sequence(bag(shroudedKeyBag, key, attributes))]
  const content = sequence(...safes.map((safe) => holding(data, octets(safe))))
  return sequence(der(tags.integer, Buffer.from([3])), holding(data, octets(content)), macOf(content, passphrase))
}

function macOf(content: Buffer, passphrase: string): Buffer {
  const salt = randomBytes(16)
  const mac = createHmac('sha256', macKey(passphrase, salt)).update(content).digest()
  const rounds = der(tags.integer, Buffer.from([macRounds >> 8, macRounds & 0xff]))
  return sequence(sequence(sequence(sha256, der(0x05)), octets(mac)), octets(salt), rounds)
}

/** One block of the key derivation of RFC 7292, appendix B, for its purpose 3: a MAC key. */
function macKey(passphrase: string, salt: Buffer): Buffer {
  const filled = (bytes: Buffer) => Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes, bytes)
  let key: Buffer = Buffer.concat([Buffer.alloc(blockBytes, 3), filled(salt), filled(wide(`${passphrase}\0`))])
  for (let round = 0; round < macRounds; round++) key = createHash('sha256').update(key).digest()
  return key
}
