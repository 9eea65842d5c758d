import type { IncomingMessage, ServerResponse } from 'node:http'

/** The longest body that any route accepts: a configuration, or cases to simulate. */
export const longestDocumentBytes = 1024 * 1024
/** The greatest unread rest of a body that is still read and dropped. */
const mostDroppedBytes = 4 * longestDocumentBytes

/** All bytes of a stream; null as soon as they exceed `mostBytes`, and no more is read then. */
export async function bytesOf(stream: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The bytes of a request's body; null when they exceed `mostBytes`. The connection stays open for the response. */
export const readBody = (incoming: IncomingMessage, mostBytes: number): Promise<Buffer | null> =>
  bytesOf(incoming.iterator({ destroyOnReturn: false }), mostBytes)

/** Text in UTF-8, the encoding of JSON (RFC 8259 §8.1); null for malformed bytes. A byte order mark is kept. */
export function utf8In(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The value of JSON; null for anything else. */
export function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8In(bytes) ?? '')
  } catch {
    return null
  }
}

/**
 * Reads and drops the rest of a request's body that its route left unread, so that the connection, which a proxy keeps
 * for other people's requests, can take the next request. When the rest is too long, the response announces that the
 * connection closes (RFC 9112 §9.6). To be called before the response is sent.
 */
export async function dropRest(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { 'transfer-encoding': chunked, 'content-length': length = '0' } = incoming.headers
  if (chunked === undefined && length === '0') return
  let bytes = 0
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      bytes += chunk.byteLength
      if (bytes > mostDroppedBytes) break
    }
  } catch {
    // The request broke off: no response can be sent.
  }
  if (!incoming.complete && !outgoing.headersSent) outgoing.setHeader('Connection', 'close')
}
