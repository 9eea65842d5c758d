import type { IncomingMessage, ServerResponse } from 'node:http'

/** The longest that any door takes: a configuration, or cases to play. */
export const longestDocumentBytes = 1024 * 1024
/** How much of a body that no door wants is still read. */
const mostDroppedBytes = 4 * longestDocumentBytes

/** All bytes of a stream; null as soon as they are more than so many, and nothing more is read then. */
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

/** The bytes of a request's body; null when they are more than so many. The connection stays open to answer on. */
export const readBody = (incoming: IncomingMessage, mostBytes: number): Promise<Buffer | null> =>
  bytesOf(incoming.iterator({ destroyOnReturn: false }), mostBytes)

/** Text in UTF-8, which JSON between systems is (RFC 8259 §8.1); null for other bytes. A byte order mark is a sign like any other. */
export function utf8In(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** What JSON says; null for what is none. */
export function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8In(bytes) ?? '')
  } catch {
    return null
  }
}

/**
 * Reads on and drops what its door left of a request's body, so that the connection, which a proxy keeps for other people's
 * requests, can take the next one. When it is too much, the answer says that the connection closes (RFC 9112 §9.6).
 * Called before the answer is sent.
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
    // It broke off: there is nobody to answer.
  }
  if (!incoming.complete && !outgoing.headersSent) outgoing.setHeader('Connection', 'close')
}
