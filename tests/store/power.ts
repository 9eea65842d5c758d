import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A disk as a power loss may leave it: what was synced, and of what came after that any part. */
export interface Disk {
  /** Bytes of the write-ahead log. */
  readonly log: Buffer
  /** How much of them was synced. */
  readonly synced: number
}

/** Watches the commits of stores that are opened from now on; `end` stops. */
export function watchCommits() {
  const prepare = DatabaseSync.prototype.prepare
  const commits = { all: 0, synced: 0 }
  const failing = { after: Number.POSITIVE_INFINITY }
  const [syncedBytes, connections] = [new Map<string, number>(), new Map<string, DatabaseSync>()]
  DatabaseSync.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql)
    if (sql !== 'commit') return statement
    const file = this.location()
    const setting = prepare.call(this, 'PRAGMA synchronous')
    if (file) {
      // Nothing is moved into the file itself, so that the log is all that a power loss can touch.
      this.exec('PRAGMA wal_autocheckpoint=0; PRAGMA wal_checkpoint(TRUNCATE)')
      syncedBytes.set(file, 0)
      connections.set(file, this)
    }
    const run = statement.run.bind(statement)
    statement.run = () => {
      if (failing.after-- === 0) throw new Error('disk I/O error')
      const before = file ? logOf(file).length : 0
      const done = run()
      // As strace shows it: with FULL one fdatasync for each commit that wrote something, with NORMAL none.
      const isSynced = setting.get()?.synchronous === 2 && file !== null && logOf(file).length > before
      commits.all += 1
      if (!isSynced) return done
      commits.synced += 1
      syncedBytes.set(file, logOf(file).length)
      return done
    }
    return statement
  }
  return {
    commits,
    /** The commits that are made before one fails. */
    failing,
    /** The connection to a store. */
    connectionTo: (file: string): DatabaseSync | undefined => connections.get(file),
    diskOf: (file: string): Disk => ({ log: logOf(file), synced: syncedBytes.get(file) ?? 0 }),
    end: () => {
      DatabaseSync.prototype.prepare = prepare
    },
  }
}

const logOf = (file: string) => (existsSync(`${file}-wal`) ? readFileSync(`${file}-wal`) : Buffer.alloc(0))

const headerBytes = 32
const frameHeaderBytes = 24

/**
 * Every store that a power loss may leave of a disk, each as a file in a folder of its own: the log up to what was
 * synced, and to the end of each frame after that. A log that lost frames in between is read up to the first of them.
 */
export function* afterPowerLoss(file: string, { log, synced }: Disk): Generator<string> {
  const frame = frameHeaderBytes + (log.length < headerBytes ? 0 : log.readUInt32BE(8))
  for (let length = synced; length <= log.length; length += length === 0 ? headerBytes + frame : frame) {
    const copy = join(mkdtempSync(join(tmpdir(), 'sallyport-power-')), basename(file))
    copyFileSync(file, copy)
    writeFileSync(`${copy}-wal`, log.subarray(0, length))
    yield copy
  }
}
