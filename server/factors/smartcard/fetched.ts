/** What a certificate's issuer says about it elsewhere: from listed hosts alone, without redirects, soon and short. */
const patienceMs = 5000
const mostBytes = { answer: 64 * 1024, list: 32 * 1024 * 1024 } as const

/** Whether an address may be asked at all. */
export const isListed = (address: string, hosts: readonly string[]): boolean => {
  const url = URL.parse(address)
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && hosts.includes(url.host)
}

/** The body of a 200; null for everything else. */
export async function fetched(
  address: string,
  what: keyof typeof mostBytes,
  init: RequestInit = {},
): Promise<Buffer | null> {
  try {
    const response = await fetch(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(patienceMs) })
    if (response.status !== 200 || !response.body) return null
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of response.body) {
      bytes += chunk.byteLength
      if (bytes > mostBytes[what]) return null
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch {
    return null
  }
}
