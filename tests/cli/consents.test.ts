import { expect, test } from 'vitest'
import { loadConfig } from '#server/config/load.ts'
import { storeSettingsOf } from '#server/config/store-settings.ts'
import { allow } from '#server/provider/stored-consents.ts'
import { keysFor } from '#server/secrets/keys.ts'
import { openStore } from '#server/store/open.ts'
import { demo, nowhere } from '../people/people.ts'
import { file, folder, sallyport } from './run.ts'

test('an operator lists and withdraws what somebody has allowed', async () => {
  const inside = folder()
  const config = file(inside, 'sallyport.yaml', demo(nowhere).replace('bench: { people: people.yaml }\n', ''))
  const data = `${inside}/data`
  const run = (...args: string[]) => sallyport([...args, '--config', config, '--data', data])
  await run('people', 'import', file(inside, 'people.yaml', '- { username: ada, password: limestone lantern 41 }\n'))
  const loaded = loadConfig(config)
  const store = await openStore(
    storeSettingsOf(loaded),
    data,
    (await keysFor(loaded, data, new URL('http://localhost'), new Date())).storage,
  )
  const account = (await store.people.byName('ada'))?.id ?? ''
  const server = { store, now: () => new Date() }
  const apis = [{ resource: 'https://api.example.test/payroll', scopes: ['read'] }]
  await allow(server, account, 'travel', { scopes: ['openid'], apis })
  await allow(server, account, 'travel', { scopes: ['openid', 'email'], apis: [] })
  await allow(server, account, 'parcels', { scopes: ['openid'], apis: [] })
  await store.close()

  expect((await run('consents', 'list', 'ada')).out).toMatch(
    /^parcels: openid \(until .*\)\ntravel: openid email; https:\/\/api\.example\.test\/payroll: read \(until .*\)\n$/,
  )
  expect((await run('consents', 'withdraw', 'ada', 'travel')).out).toBe('1 withdrawn.\n')
  expect(await run('consents', 'withdraw', 'ada', 'travel')).toMatchObject({
    code: 1,
    err: 'ada has allowed travel nothing.\n',
  })
  expect((await run('consents', 'withdraw', 'ada')).out).toBe('1 withdrawn.\n')
  expect((await run('consents', 'list', 'ada')).out).toBe('')
  expect(await run('consents', 'list', 'adaa')).toMatchObject({ code: 1, err: 'There is nobody called "adaa".\n' })
})
