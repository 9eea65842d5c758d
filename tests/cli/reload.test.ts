import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { demo, nowhere, people } from '../people/people.ts'
import { file, folder, start } from './run.ts'

// `sallyport serve` takes its configuration up while it runs: when the file changes, and on SIGHUP.

const yaml = demo(nowhere).replace('bench: { people: people.yaml }\n', 'log: { level: info }\n')
const another = yaml.replace('[password] }', '[password, totp] }')

test('a changed file, one put in its place, SIGHUP; what is broken or cannot change is refused, with why and where', async () => {
  const inside = folder()
  file(inside, 'people.yaml', people)
  const path = file(inside, 'sallyport.yaml', yaml)
  const child = start(['serve', '--config', path, '--data', `${inside}/data`, '--port', '0'])
  let [out, err] = ['', '']
  child.stdout?.on('data', (chunk) => (out += chunk))
  child.stderr?.on('data', (chunk) => (err += chunk))
  const lines = () =>
    out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  const told = async (many: number, msg: string) => {
    await expect.poll(() => lines().filter((line) => line.msg === msg).length, { timeout: 10_000 }).toBe(many)
    return lines().findLast((line) => line.msg === msg)
  }
  const [taken, kept] = ['a configuration was taken up', 'the configuration in force was kept']
  await told(1, 'serving')

  writeFileSync(path, another)
  const first = await told(1, taken)
  expect(err).toContain(`${path} was taken up.`)

  // As an editor or a ConfigMap does it: another file in its place.
  writeFileSync(`${path}.new`, yaml)
  renameSync(`${path}.new`, path)
  const second = await told(2, taken)
  expect(second.policies.harbour).not.toBe(first.policies.harbour)
  expect(second.policies.treasury).toBe(first.policies.treasury)

  writeFileSync(path, another.replace('totp', 'topt'))
  const fault = /sallyport\.yaml:\d+:\d+: There is no factor or class "topt"\. Did you mean "totp"\?/
  expect((await told(1, kept)).why).toEqual([expect.stringMatching(fault)])
  expect(err).toMatch(fault)
  expect(err).toContain('the configuration in force stays')

  // What the linter has an error for is not put in force either.
  const silent = another.replace('policy: payroll', 'policy: silent\n    requires: { amr: any }')
  writeFileSync(path, silent.replace('policies:\n', 'policies:\n  silent: { rules: [{ name: all, then: allow }] }\n'))
  expect((await told(2, kept)).why).toEqual([
    expect.stringMatching(/sallyport\.yaml:\d+:\d+: Rule "all" lets/),
    expect.anything(),
  ])

  writeFileSync(path, `listen: { port: 4321 }\n${another}`)
  expect((await told(3, kept)).why).toEqual([
    `${path}:1:1: "listen" cannot be changed while Sallyport runs: start it again for that.`,
  ])

  writeFileSync(path, another)
  await told(3, taken)
  child.kill('SIGHUP')
  await told(4, taken)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})
