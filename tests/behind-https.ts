import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Application, createApp } from '#server/app.ts'
import { loadConfig } from '#server/config/load.ts'
import { logTo } from '#server/operator/log.ts'
import { importPeople } from '#server/people/import.ts'
import { newKeys } from '#server/secrets/signing.ts'
import { pagesWithViews } from './pages.ts'
import { people } from './people/people.ts'

/** A Sallyport as it runs in production: https, keys of its own, one relying party, and the people of the tests. */
export async function appBehindHttps(issuer: URL, folder: string): Promise<Application> {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const signing = JSON.stringify(JSON.stringify({ keys: await newKeys() }))
  const config = loadConfig(
    file(
      'sallyport.yaml',
      `keys: { signing: ${signing}, storage: ${randomBytes(32).toString('base64')} }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients: { harbour: { client_name: Harbour, redirect_uris: ['https://rp.example.test/callback'], policy: staff } }
`,
    ),
  )
  const pages = await pagesWithViews()
  const now = () => new Date()
  const app = await createApp({ config, issuer, dataFolder: folder, pages, log: logTo('silent'), now })
  afterAll(() => app.close())
  await importPeople(app.context.store, file('people.yaml', people), now)
  return app
}
