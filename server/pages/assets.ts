import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

/** A built file in memory, with its compressed forms where the build made them. */
export interface Asset {
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly brotli: Uint8Array<ArrayBuffer> | null
  /** Whether the file's name holds a hash of its content, so that it may be cached for ever. */
  readonly immutable: boolean
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** All files of a folder by their paths in addresses. No other file is ever served. */
export function assetsIn(folder: string): ReadonlyMap<string, Asset> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in types)
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.map((path) => [`/${relative(folder, path).split(sep).join('/')}`, assetAt(path)]))
}

const assetAt = (path: string): Asset => ({
  type: types[extname(path)] ?? 'application/octet-stream',
  body: new Uint8Array(readFileSync(path)),
  brotli: compressed(path),
  immutable: path.includes(`${sep}assets${sep}`),
})

function compressed(path: string) {
  try {
    return new Uint8Array(readFileSync(`${path}.br`))
  } catch {
    return null
  }
}
