import { join } from 'node:path'
import { furnish, serve } from './bench-server.ts'
import { authorizeUrl } from './relying-party.ts'
import { sequenceOf } from './sequences.ts'
import type { Tree } from './tree.ts'
import { signIn } from './walk.ts'

/** This checkout. */
export const ours: Tree = {
  name: 'this build',
  root: join(import.meta.dirname, '../..'),
  furnish: (sequence, people) => furnish(sequenceOf(sequence), people),
  serve,
  signIn: (issuer, agent, sequence, person) => signIn(issuer, agent, sequenceOf(sequence), person),
  authorizeUrl,
}
