import { expect, test } from 'vitest'
import { withRules as written } from './payroll.ts'
import { file, folder, sallyport } from './run.ts'

// `sallyport policy check`, as an operator's own CI calls it.

const everyone = '      - { name: everyone, then: { primary: [password, totp], secondary: [passkey] } }'
const twice = `${everyone}\n      - { name: again, then: { primary: [smartcard] } }`
const broken = '      - { name: twice, then: { primary: [password, password] } }'

const check = async (yaml: string, people?: string, ...more: string[]) => {
  const inside = folder()
  const given = people ? ['--people', file(inside, 'people.yaml', people)] : []
  return sallyport(['policy', 'check', '--config', file(inside, 'sallyport.yaml', yaml), ...given, ...more])
}

test('a warning is told with file, line and column, its code, a sentence and a fix, and is no failure', async () => {
  const { code, out } = await check(written(twice))
  expect(out).toMatch(
    /sallyport\.yaml:5:9: warning shadowed: Rule "again" never decides: "everyone" before it .*\n {4}Fix: /,
  )
  expect(out).toMatch(/0 errors, 1 warning, 1 note\.\n$/)
  expect(code).toBe(0)
})

test('an error fails, also when the file is put to use', async () => {
  const yaml = written(broken, '    requires: { amr: any }\n').replace('{ env: NOBODY_HAS_SET_IT }', 'x')
  const { code, out } = await check(yaml)
  expect(out).toMatch(/sallyport\.yaml:10:5: error no-way-in: Nobody can sign in to "payroll"/)
  expect(code).toBe(1)
  const used = await sallyport(['config', 'check', '--config', file(folder(), 'sallyport.yaml', yaml)])
  expect(used.code).toBe(1)
  expect(used.err).toMatch(/sallyport\.yaml:10:5: Nobody can sign in to "payroll".* \(no-way-in\)/)
})

test('people are looked at where they are given, without their secrets and with factors that are to come', async () => {
  const people = '- { username: ada, password: x }\n- { username: eve, authenticators: [{ factor: grid }] }\n'
  const { out } = await check(written(everyone), people)
  expect(out).toMatch(/:4:9: warning locked-out: Locked out by rule "everyone" for want of totp or passkey: ada\./)
  expect(out).toMatch(/ for want of .*: eve\./)
})

test('an acr value that nobody can meet is told where it stands', async () => {
  const own = `acr:
  aliases: { 'urn:x:strong': phrh }
  vocabulary:
    urn:x:card: { factors: [smartcard] }
`
  const { out } = await check(written(everyone, own))
  expect(out).toMatch(/sallyport\.yaml:14:5: warning acr-unmet: No policy can meet "urn:x:card"/)
})

test('the same in JSON', async () => {
  const { out } = await check(written(twice), undefined, '--json')
  expect(JSON.parse(out)).toMatchObject([
    { code: 'shadowed', level: 'warning', line: 5, column: 9, sentence: expect.any(String), fix: expect.any(String) },
    { code: 'acr-unmet', level: 'note' },
  ])
})

test('a file that cannot be read as a configuration fails with its faults', async () => {
  const { code, err } = await check(written(everyone).replace('policy: staff', 'policy: stuff'))
  expect(code).toBe(1)
  expect(err).toMatch(/:10:5: There is no policy "stuff"\. Did you mean "staff"\?/)
})
