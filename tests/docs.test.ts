import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { newStorageKey } from '#server/secrets/keys.ts'
import { newKeys } from '#server/secrets/signing.ts'
import { file, folder, sallyport } from './cli/run.ts'

// What the documents show of a command is what it prints, to the letter.

const root = new URL('..', import.meta.url).pathname
const shown = ['docs/policies.md', 'examples/rsa-access-policy/README.md'].flatMap((file) =>
  [...readFileSync(`${root}${file}`, 'utf8').matchAll(/```console\n\$ npx sallyport (.*)\n([^`]*)```/g)].map(
    ([, command = '', output = '']) => ({ file, command, output }),
  ),
)

test('there is something to hold', () => expect(shown.length).toBeGreaterThan(8))

// The commands name files as they are from there.
process.chdir(root)
test.each(shown)('$file: sallyport $command', async ({ command, output }) => {
  const args = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '')
  expect((await sallyport(args)).out).toBe(output)
})

test('the whole configuration of docs/operators.md can be used', async () => {
  const [, whole = ''] = /```yaml\n(name: [^`]*)```/.exec(readFileSync(`${root}docs/operators.md`, 'utf8')) ?? []
  const secrets = folder()
  file(secrets, 'signing.jwks.json', JSON.stringify({ keys: await newKeys() }))
  file(secrets, 'payroll', newStorageKey())
  const config = file(secrets, 'sallyport.yaml', whole.replaceAll('/run/secrets', secrets))
  const run = await sallyport(['config', 'check', '--config', config], { SALLYPORT_STORAGE_KEY: newStorageKey() })
  expect(run.err).toBe('')
  expect(run.out).toContain('1 client for https://id.example.test: ')
})
