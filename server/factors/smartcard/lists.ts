import { readFile, stat } from 'node:fs/promises'
import { type RevocationList, readList } from './crl.ts'
import { fetched } from './fetched.ts'

/** Revocation lists, read once for as long as they stay what they are. Null: there is none that can be read. */
export interface Lists {
  /** As the file is at this moment: an operator replaces it, and nothing is started again. */
  inFile(path: string): Promise<RevocationList | null>
  /** Downloaded again after ten minutes; until that works, the one before is used, to its end. */
  at(address: string, now: number): Promise<RevocationList | null>
}

const againMs = 10 * 60_000
const mostDownloads = 50

export function listReader(): Lists {
  const files = new Map<string, { readonly version: string; readonly list: RevocationList | null }>()
  const downloads = new Map<string, { readonly until: number; readonly list: RevocationList | null }>()
  return {
    async inFile(path) {
      const state = await stat(path, { bigint: true }).catch(() => null)
      if (!state) return null
      const version = [state.mtimeNs, state.size, state.ino].join(' ')
      const known = files.get(path)
      if (known?.version === version) return known.list
      const list = parsed(await readFile(path).catch(() => null))
      files.set(path, { version, list })
      return list
    },
    async at(address, now) {
      const known = downloads.get(address)
      if (known && now < known.until) return known.list
      const list = parsed(await fetched(address, 'list')) ?? known?.list ?? null
      if (downloads.size >= mostDownloads) downloads.clear()
      if (list) downloads.set(address, { until: now + againMs, list })
      return list
    },
  }
}

function parsed(file: Buffer | null): RevocationList | null {
  try {
    return file && readList(file)
  } catch {
    return null
  }
}
