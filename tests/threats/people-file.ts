import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ada } from '../people/people.ts'
import type { TestServer } from '../test-server.ts'

/** A people file with one of the tests' people in it, as an operator writes it. */
export function fileWith(
  { dataFolder }: TestServer,
  { apps, ...one }: typeof ada & { readonly disabled?: boolean },
): string {
  const file = join(dataFolder, 'one-person.yaml')
  const authenticators = apps.map((app) => ({ factor: 'totp', ...app }))
  writeFileSync(file, `- ${JSON.stringify({ ...one, groups: ['staff'], authenticators })}\n`)
  return file
}
