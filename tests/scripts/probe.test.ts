import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Probing, probing } from '../../scripts/bench/probed.ts'

// What the bench's probe sees in a program that knows nothing of it.

const root = join(import.meta.dirname, '../..')

/** What the probe has counted when a program has run, in a folder of its own. */
async function countedIn(program: string, asked: Probing) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-probe-'))
  const probe = await probing(asked)
  const ended = `console.info('ended'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, [...probe.flags, '--input-type=module', '-e', `${program}\n${ended}`, folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const { count } = await probe.answers
  const counted = await count()
  const exited = once(child, 'exit')
  child.kill()
  await exited
  rmSync(folder, { recursive: true })
  return counted
}

test('statements, PRAGMAs and commits are counted, and those commits apart that are synced', async () => {
  const program = `
    import { DatabaseSync } from 'node:sqlite'
    const db = new DatabaseSync(process.argv[1] + '/db')
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL')
    db.exec('create table t (id integer primary key, value text)')
    const insert = db.prepare('insert into t values (?, ?) on conflict do nothing')
    insert.run(1, 'written')
    insert.run(1, 'there already')
    db.exec('PRAGMA synchronous=FULL')
    db.exec('begin immediate')
    insert.run(2, 'with another')
    insert.run(3, 'in one commit')
    db.exec('commit')
    db.exec('begin')
    insert.run(4, 'undone')
    db.exec('rollback')
    db.prepare('select * from t').all()
    db.prepare('update t set value = ? where id = ? returning id').get('by get', 1)
  `
  const counted = await countedIn(program, { hashless: null, counting: true })
  expect(counted).toMatchObject({ statements: 12, pragmas: 3, commits: 3, durableCommits: 2, hashes: 0 })
})

test('a program without its hash finds every password right, and each asking is counted', async () => {
  const program = `
    import argon2 from '@node-rs/argon2'
    if (!(await argon2.verify(await argon2.hash('one'), 'another'))) throw new Error('The hash is there.')
  `
  expect(await countedIn(program, { hashless: root, counting: false })).toMatchObject({ hashes: 2, statements: 0 })
})
