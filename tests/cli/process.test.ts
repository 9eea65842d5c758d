import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plain } from '../people/people.ts'
import { written } from './payroll.ts'
import { file, folder, sallyport, spawned } from './run.ts'

// The program in a process of its own gives what it gives in that of the tests, in which every other test runs it.

const inside = folder()
const config = file(inside, 'sallyport.yaml', plain)
const payroll = ['--config', file(inside, 'payroll.yaml', written())]
const people = file(inside, 'people.yaml', '- { username: grace, password: verdigris harbour 86 }\n')
const cases = file(inside, 'cases.yaml', '- { who: x, client: y, amr: [pwd] }')
test.each([
  ['what is printed', 0, () => ['config', 'schema']],
  [
    'what is stored',
    0,
    (data: string) => ['people', 'import', people, '--config', config, '--data', join(inside, data)],
  ],
  ['a fault of the operator', 1, () => ['config', 'check', '--config', '/nowhere/at-all.yaml']],
  ['a report of what is wrong', 1, () => ['policy', 'test', cases, '--people', people, ...payroll]],
  ['a command that is none', 1, () => ['polices']],
] as const)('%s, with the exit code %i', async (_name, code, args) => {
  const own = await spawned(args('own'))
  expect(own).toEqual(await sallyport(args('here')))
  expect([own.code, own.out + own.err]).toEqual([code, expect.stringMatching(/./)])
})

test('Node loads every command as it is written', () => {
  const commands = new URL('../../server/cli/', import.meta.url)
  const others = readdirSync(commands).filter((name) => name !== 'main.ts')
  const load = others.map((name) => `await import(${JSON.stringify(new URL(name, commands).href)})`).join(';')
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', load], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
})
