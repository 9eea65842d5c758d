import { expect, test } from 'vitest'
import { run } from './payroll.ts'

// `sallyport policy explain`: what policies decide for one request, and why.

test('explain: every rule with all that stands in its way and what was seen, every flow and what narrowed it', async () => {
  const at = [
    '--person',
    'grace',
    '--client',
    'payroll',
    '--acr',
    'urn:sallyport:acr:sms phr urn:x',
    '--proven',
    'password',
  ]
  const { out, code } = await run('explain', ...at)
  expect(code).toBe(0)
  const lines = out.split('\n').map((line) => line.replace(/ +/g, ' ').trim())
  expect(lines).toEqual(
    expect.arrayContaining([
      'miss contractors line 4 groups must be one of contractors and is empty',
      'miss finance line 5 groups must be one of finance and is empty',
      '* hit everyone line 6',
      'urn:sallyport:acr:sms can be met',
      'urn:x unknown',
      'everyone password → totp or sms narrowed to password → sms by urn:sallyport:acr:sms',
      'everyone passkey dropped: nothing enrolled for it missing passkey; by phr',
      'password counts',
      'Next: asks for sms',
      'In the end: password → sms: amr pwd sms mca mfa, acr urn:sallyport:acr:sms',
    ]),
  )
})

test('explain: somebody who is described, a request for a sign-in anew, and an essential acr', async () => {
  const at = ['--client', 'payroll', '--groups', 'staff', '--has', 'password,totp,passkey', '--proven', 'password']
  const [plain, essential] = [
    await run('explain', ...at, '--prompt', 'login'),
    await run('explain', ...at, '--claims', '{"id_token":{"acr":{"essential":true,"value":"phr"}}}'),
  ]
  expect(plain.out).toMatch(/^somebody at payroll, who has proven password\n/)
  expect(plain.out).toMatch(/\nNext: asks for totp or passkey\n/)
  expect(essential.out).toMatch(/\n {2}phr +can be met\n/)
  expect(essential.out).toMatch(/\nIn the end: password → passkey: amr .*, acr phr\n$/)

  for (const [wrong, why] of [
    [['--prompt', 'none'], /^asks\.prompt: /],
    [['--claims', 'phr'], /^asks\.claims: The claims parameter is a JSON object\.$/m],
    [['--claims', '{"a":1,"a":2}'], /^asks\.claims: No member of the claims parameter stands twice\.$/m],
    [['--has', 'pasword'], /^who\.has\.0: Invalid option: expected one of "password"/],
    [['--person', 'ada'], /^Name a --person, or describe one/],
  ] as const)
    expect(await run('explain', ...at, ...wrong)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(why) })
  expect((await run('explain', '--client', 'payroll')).err).toMatch(/^Name a --person, or describe one/)
})

test('before the first proof, what depends on the person may be', async () => {
  const { out } = await run('explain', '--person', 'ada', '--client', 'payroll', '--json')
  const { rules, next, outcome } = JSON.parse(out)
  expect(rules.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['may', 'may', 'hit'])
  expect(rules[1].unmet).toMatchObject([{ is: 'groups', wanted: ['finance'], seen: null }])
  expect(next).toMatchObject({ is: 'answer' })
  expect(outcome).toMatchObject({ is: 'refuse', why: 'not-enrolled' })
})
