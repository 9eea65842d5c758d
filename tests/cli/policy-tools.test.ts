import { expect, test } from 'vitest'
import { inside, people, run, written } from './payroll.ts'
import { file, sallyport } from './run.ts'

// `sallyport policy simulate` and `test`: what policies decide, without signing anybody in.

test('who or what nobody knows is told, with what may have been meant', async () => {
  const { err, code } = await run('explain', '--person', 'greace', '--client', 'payroll')
  expect([code, err]).toEqual([1, 'There is no person "greace". Did you mean "grace"?\n'])
  expect((await run('simulate', '--client', 'payrol')).err).toBe(
    'There is no client "payrol". Did you mean "payroll"?\n',
  )
  expect((await run('explain', '--person', 'ada', '--client', 'payroll', '--proven', 'sms')).err).toBe(
    'ada has no sms to prove anything with.\n',
  )
})

test('simulate: everybody at every door, for every request', async () => {
  const { out } = await run('simulate', '--acr', 'urn:sallyport:acr:sms', '--acr', 'phr')
  const lines = out
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '))
  expect(lines).toEqual([
    'ada payroll urn:sallyport:acr:sms password: refused, unmet',
    'ada payroll phr no door: refused, not-enrolled, has no passkey',
    'grace payroll urn:sallyport:acr:sms password → sms: amr pwd sms mca mfa, acr urn:sallyport:acr:sms',
    'grace payroll phr no door: refused, not-enrolled, has no passkey',
    'alan payroll urn:sallyport:acr:sms password: refused, denied',
    'alan payroll phr no door: refused, not-enrolled, has no passkey',
  ])
})

test('against another configuration, only the cells that change', async () => {
  const other = file(inside, 'other.yaml', written('[password, totp]'))
  const { out } = await run('simulate', '--against', other, '--json')
  expect(JSON.parse(out)).toMatchObject([
    {
      person: 'ada',
      before: { is: 'done', doors: ['password', 'totp'] },
      after: { is: 'refuse', why: 'not-enrolled' },
    },
  ])
  const same = await run('simulate', '--against', file(inside, 'same.yaml', written()))
  expect(same.out).toBe('0 of 3 cells change.\n')

  // A client that only one of them has, and one that neither has.
  const wiki = written().replace(
    'clients:',
    'clients:\n  wiki: { client_name: Wiki, redirect_uris: [https://wiki.example.test/], policy: staff }',
  )
  const more = ['--against', file(inside, 'more.yaml', wiki), '--person', 'grace']
  const gone = await run('simulate', ...more, '--client', 'wiki')
  expect([gone.err, gone.out.split('\n').at(-2)]).toEqual(['', '1 of 1 cells change.'])
  expect(gone.out).toMatch(/\+ no such cell/)
  expect((await run('simulate', ...more)).out).toMatch(/\n1 of 2 cells change\.\n$/)
  expect((await run('simulate', ...more, '--client', 'wikki')).err).toBe(
    'There is no client "wikki". Did you mean "wiki"?\n',
  )
})

test('test: the simulator’s matrix as cases passes, and a case that is not met fails with its line', async () => {
  const cases = (await run('simulate', '--cases')).out
  const play = (text: string, ...more: string[]) => run('test', file(inside, 'cases.yaml', text), ...more)
  expect(await play(cases)).toMatchObject({ code: 0, out: '3 of 3 cases passed.\n' })

  const wrong = `- { who: grace, client: payroll, doors: [password, totp], amr: [pwd] }
- { name: nobody here, who: { groups: [contractors], has: [password] }, client: payroll, refused: denied }
- name: contractors get in
  who: alan
  client: payroll
  acr: urn:sallyport:acr:aal2
`
  const { code, out } = await play(wrong)
  expect(code).toBe(1)
  expect(out.replaceAll(`${inside}/`, '')).toBe(`cases.yaml:1: failed: grace at payroll
    amr: expected pwd, got pwd otp mfa
cases.yaml:3: failed: contractors get in
    acr: expected urn:sallyport:acr:aal2, got none
    refused: expected nothing, got denied
1 of 3 cases passed.
`)
  expect(JSON.parse((await play(wrong, '--json')).out)).toHaveLength(3)
  expect((await play('- { who: grace, client: payroll, door: [] }')).err).toMatch(
    /:1:\d+: There is no setting "door" here. Did/,
  )
})

test('test: who is to enrol is part of a case', async () => {
  const enrolling = written().replace('secondary: [passkey] }', 'secondary: [passkey], enrol: inline }')
  const new_ = '- { username: new, password: x }'
  const here = ['--config', file(inside, 'enrol.yaml', enrolling), '--people', file(inside, 'new.yaml', new_)]
  const cases = (await sallyport(['policy', 'simulate', ...here, '--cases'])).out
  expect(cases).toMatch(/enrols:\n +- totp\n +- sms\n/)
  const path = file(inside, 'enrol.test.yaml', cases)
  expect((await sallyport(['policy', 'test', path, ...here])).out).toBe('1 of 1 cases passed.\n')
  // Whoever signs in without, or is refused, does not pass it.
  const other = file(
    inside,
    'other.yaml',
    written('[password]').replace('secondary: [passkey] }', 'secondary: [passkey], enrol: grace 1d }'),
  )
  expect((await sallyport(['policy', 'test', path, '--config', other, ...here.slice(2)])).out).toMatch(
    / {4}enrols: expected totp or sms, got none\n0 of 1/,
  )
})

test('test: a case that expects nothing is a fault; a name that nobody has fails its case alone', async () => {
  const play = (text: string, ...more: string[]) => run('test', file(inside, 'names.yaml', text), ...more)
  expect((await play('- { who: grace, client: payroll }')).err).toMatch(
    /names\.yaml:1:3: A case expects something: doors, enrols, amr, acr or refused\./,
  )
  const cases = `- { who: greace, client: payroll, amr: [pwd, otp, mfa] }
- { who: grace, client: payrol, refused: denied }
- { who: grace, client: payroll, amr: [pwd, otp, mfa] }
`
  const { code, out } = await play(cases)
  expect(code).toBe(1)
  expect(out.replaceAll(`${inside}/`, '')).toBe(`names.yaml:1: failed: greace at payroll
    There is no person "greace". Did you mean "grace"?
names.yaml:2: failed: grace at payrol
    There is no client "payrol". Did you mean "payroll"?
1 of 3 cases passed.
`)
  expect(JSON.parse((await play(cases, '--json')).out)).toMatchObject([
    { fault: expect.stringMatching(/greace/) },
    { line: 2 },
    { misses: [] },
  ])
})

test('where, when and in which browser are part of a question', async () => {
  const office = written().replace(
    '      - { name: everyone',
    `      - name: office
        when: { networks: [192.0.2.0/24], times: { zone: Europe/Berlin, hours: ['08:00-18:00'] }, browser: known }
        then: { primary: [password] }
      - { name: everyone`,
  )
  const here = ['--config', file(inside, 'office.yaml', office), '--people', file(inside, 'people.yaml', people)]
  const grace = ['policy', 'simulate', ...here, '--person', 'grace', '--json']
  const doors = async (...more: string[]) => {
    const { out, err } = await sallyport([...grace, ...more])
    return err || JSON.parse(out).map(({ outcome }: { outcome: { doors: string[] } }) => outcome.doors.length)
  }
  const noon = ['--at', '2026-11-25T11:00Z']
  const known = ['--browser', 'known']
  expect(await doors('--from', '192.0.2.7', '198.51.100.7', ...noon, ...known)).toEqual([1, 2])
  expect(await doors('--from', '192.0.2.7', '--at', '2026-11-25', ...known)).toEqual([2])
  expect(await doors('--from', '192.0.2.7', ...noon, '--browser', 'new')).toEqual([2])
  expect(await doors(...noon, ...known)).toEqual([2])
  expect(await doors('--at', '2026-11-25T12:00')).toMatch(/at: An instant is written as 2026-11-25T12:00Z/)
  expect(await doors('--from', '192.0.2.700')).toMatch(/A network address is written as/)

  const at = ['--person', 'grace', '--client', 'payroll', '--proven', 'password', ...noon]
  const { out } = await sallyport(['policy', 'explain', ...here, ...at])
  expect(out).toMatch(/~ +may +office .*networks must be one of 192\.0\.2\.0\/24 and is unknown/)
  expect(out).toMatch(/office \+ everyone +password +dropped: would not do if "everyone" applies\n/)
})

test('what a client asks for by default is asked for in a simulation, and stands under the request that named nothing', async () => {
  const strong = `${written('[password]')}    default_acr_values: [phr]\n`
  const at = ['--config', file(inside, 'strong.yaml', strong), '--people', file(inside, 'people.yaml', people)]
  const { out } = await sallyport([
    'policy',
    'simulate',
    ...at,
    '--person',
    'grace',
    '--acr',
    '',
    'urn:sallyport:acr:sms',
  ])
  expect(out.replace(/ +/g, ' ')).toBe(
    'grace payroll – no door: refused, not-enrolled, has no passkey\n' +
      'grace payroll urn:sallyport:acr:sms password → sms: amr pwd sms mca mfa, acr urn:sallyport:acr:sms\n',
  )
})
