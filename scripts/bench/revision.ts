// Another revision of this repository, built beside this one and measured by its own bench's modules.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import type { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ours } from './ours.ts'
import type { Furnished, Served, Tree } from './tree.ts'

/** The names that a module of the bench has had, newest first. */
const names = {
  server: ['bench-server.ts', 'house.ts'],
  signIn: ['walk.ts', 'relying-party.ts'],
  authorizeUrl: ['relying-party.ts'],
  sequences: ['sequences.ts'],
} as const

interface Sequence {
  readonly name: string
}
/** What is taken from a revision's bench; a sequence is its own, and only handed back to it. */
interface Modules {
  readonly furnish: (sequence: Sequence, people: number) => Promise<Furnished>
  readonly serve: (furnished: Furnished, cores: string, flags: readonly string[]) => Promise<Served>
  readonly signIn: (issuer: string, agent: Agent, sequence: Sequence, person: number) => AsyncGenerator<string, unknown>
  readonly authorizeUrl: (issuer: string, verifier: string) => string
  readonly sequences: readonly Sequence[]
}

const git = (...args: readonly string[]) => spawnSync('git', args, { cwd: ours.root, encoding: 'utf8' })

/** Checks a revision out in a folder that is gone when this process ends, installs its packages and builds its pages. */
function checkOut(revision: string): string {
  const found = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
  if (found.status !== 0) throw new Error(`This repository has no revision "${revision}".`)
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-revision-'))
  process.prependListener('exit', () => {
    git('worktree', 'remove', '--force', folder)
  })
  const added = git('worktree', 'add', '--detach', folder, found.stdout.trim())
  if (added.status !== 0) throw new Error(`git cannot check out ${revision}: ${added.stderr}`)
  const built = spawnSync(process.execPath, [join(folder, 'scripts/run.mjs'), 'build'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (built.status !== 0) throw new Error(`${revision} cannot be built.`)
  return folder
}

/** Imports one of a revision's modules under any of its names, and checks that it exports what is asked. */
async function exportOf<Name extends keyof Modules>(
  revision: string,
  folder: string,
  files: readonly string[],
  name: Name,
): Promise<Modules[Name]> {
  for (const file of files) {
    const path = join(folder, 'scripts/bench', file)
    const found = existsSync(path) ? (await import(pathToFileURL(path).href))[name] : undefined
    if (found !== undefined) return found
  }
  throw new Error(`${revision} has no bench that can be used: no ${name} in ${files.join(' or ')} of scripts/bench.`)
}

/** Builds a revision; throws when it cannot be built, or has no bench that can be used. */
export async function revisionTree(revision: string): Promise<Tree> {
  const root = checkOut(revision)
  const take = <Name extends keyof Modules>(name: Name, files: readonly string[]) =>
    exportOf(revision, root, files, name)
  const furnish = await take('furnish', names.server)
  const serve = await take('serve', names.server)
  const signIn = await take('signIn', names.signIn)
  const sequences = await take('sequences', names.sequences)
  const sequenceOf = (name: string) => {
    const sequence = sequences.find((one) => one.name === name)
    if (!sequence) throw new Error(`The bench of ${revision} has no sequence "${name}".`)
    return sequence
  }
  return {
    name: revision,
    root,
    furnish: (sequence, people) => furnish(sequenceOf(sequence), people),
    serve,
    signIn: (issuer, agent, sequence, person) => signIn(issuer, agent, sequenceOf(sequence), person),
    authorizeUrl: await take('authorizeUrl', names.authorizeUrl),
  }
}
