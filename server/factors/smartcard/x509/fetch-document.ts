/** The limits of time and size of an OCSP answer or a revocation list. */
const patienceMs = 5000
const mostBytes = { answer: 64 * 1024, list: 32 * 1024 * 1024 } as const

/** Whether an address may be fetched: HTTP or HTTPS on a listed host, without a user name. */
export const isListed = (address: string, hosts: readonly string[]): boolean => {
  const url = URL.parse(address)
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && hosts.includes(url.host)
}

export type Fetched = { readonly ok: true; readonly body: Buffer } | { readonly ok: false; readonly why: string }

/** Fetches a document, without redirects: the body of a 200, or why there is none. */
export async function fetchDocument(
  address: string,
  what: keyof typeof mostBytes,
  init: RequestInit = {},
): Promise<Fetched> {
  const nothing = (why: string) => ({ ok: false, why }) as const
  try {
    const response = await fetch(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(patienceMs) })
    if (response.status !== 200 || !response.body) return nothing(`was answered ${response.status}`)
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of response.body) {
      bytes += chunk.byteLength
      if (bytes > mostBytes[what]) return nothing(`is longer than ${mostBytes[what]} bytes`)
      chunks.push(chunk)
    }
    return { ok: true, body: Buffer.concat(chunks) }
  } catch (error) {
    const { name, cause } = error as Error
    const { code } = (cause ?? {}) as NodeJS.ErrnoException
    return nothing(
      name === 'TimeoutError' ? `did not answer within ${patienceMs} ms` : `cannot be fetched (${code ?? name})`,
    )
  }
}
