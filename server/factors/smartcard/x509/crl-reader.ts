import { readFile, stat } from 'node:fs/promises'
import { type Crl, readCrls } from './crl.ts'
import { Malformed } from './der.ts'
import { fetchDocument } from './fetch-document.ts'

/** Revocation lists, or why there are none. `isThere`: the file or answer exists, but cannot be used. */
export type CrlReading =
  | { readonly ok: true; readonly crls: readonly Crl[] }
  | { readonly ok: false; readonly isThere: boolean; readonly why: string }

/** A reader of revocation lists, which reads each unchanged file or download once. */
export interface CrlReader {
  /** Reads a file as of now: an operator can replace the file without a restart. */
  inFile(path: string): Promise<CrlReading>
  /** Downloads a list again after ten minutes; if that fails, the list downloaded before is used until its end. */
  at(address: string, now: number): Promise<CrlReading>
}

const againMs = 10 * 60_000
const mostDownloads = 50

/** `unreadable` is called once for each file that was replaced by an unreadable one. */
export function crlReader(unreadable: (file: string, why: string) => void): CrlReader {
  const files = new Map<string, { readonly version: string; readonly reading: CrlReading }>()
  const downloads = new Map<string, { readonly until: number; readonly reading: CrlReading }>()
  return {
    async inFile(path) {
      const state = await stat(path, { bigint: true }).catch(codeOf)
      const version = typeof state === 'string' ? state : [state.mtimeNs, state.size, state.ino].join(' ')
      const known = files.get(path)
      if (known?.version === version) return known.reading
      const file = typeof state === 'string' ? state : await readFile(path).catch(codeOf)
      const reading = typeof file === 'string' ? absent(`cannot be read (${file})`) : crlReadingOf(file)
      files.set(path, { version, reading })
      if (!reading.ok) unreadable(path, reading.why)
      return reading
    },
    async at(address, now) {
      const known = downloads.get(address)
      if (known && now < known.until) return known.reading
      const answer = await fetchDocument(address, 'list')
      const fresh = answer.ok ? crlReadingOf(answer.body) : absent(answer.why)
      const reading = fresh.ok ? fresh : (known?.reading ?? fresh)
      if (downloads.size >= mostDownloads) downloads.clear()
      if (reading.ok) downloads.set(address, { until: now + againMs, reading })
      return reading
    },
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown'
const absent = (why: string): CrlReading => ({ ok: false, isThere: false, why })

/** The revocation lists in a file or an answer. */
export function crlReadingOf(file: Buffer): CrlReading {
  try {
    return { ok: true, crls: readCrls(file) }
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, isThere: true, why: error.message }
    throw error
  }
}
