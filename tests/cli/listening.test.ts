import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { settingsOf } from '#server/cli/options.ts'
import { demo, nowhere } from '../people/people.ts'
import { file, folder, start } from './run.ts'

// Where it listens, and what it prints of that.

const quiet = demo(nowhere).replace('bench: { people: people.yaml }\n', '')

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** What it prints on the terminal until it is ready, and whether it answers there. */
async function served(yaml: string) {
  const inside = folder()
  const config = file(inside, 'sallyport.yaml', yaml)
  const child = start(['serve', '--config', config, '--data', `${inside}/data`])
  let err = ''
  child.stderr?.on('data', (chunk) => (err += chunk))
  await expect.poll(() => err, { timeout: 20_000 }).toMatch(/ready at .*\n\n$/s)
  return {
    said: err.trim(),
    answers: (port: number) => fetch(`http://127.0.0.1:${port}/healthz`).then((response) => response.ok),
    async stop() {
      child.kill('SIGINT')
      await once(child, 'exit')
    },
  }
}

test('an issuer on this machine is listened for on its port', async () => {
  const port = await freePort()
  const { said, answers, stop } = await served(`issuer: http://localhost:${port}\n${quiet}`)
  expect(said).toBe(`Sallyport is ready at http://localhost:${port}`)
  expect(await answers(port)).toBe(true)
  await stop()
})

test('where it is told to listen elsewhere, it says both', async () => {
  const [issuer, port] = [await freePort(), await freePort()]
  const yaml = `issuer: http://localhost:${issuer}\nlisten: { port: ${port} }\n${quiet}`
  const { said, answers, stop } = await served(yaml)
  expect(said).toBe(`Sallyport is ready at http://localhost:${issuer}\nIt listens on 127.0.0.1:${port}.`)
  expect(await answers(port)).toBe(true)
  await stop()
})

test('a flag is before the port of the issuer', () => {
  const config = file(folder(), 'sallyport.yaml', `issuer: http://localhost:4000\n${quiet}`)
  expect(settingsOf({ config, port: '4001' }).port).toBe(4001)
  expect(settingsOf({ config }).port).toBe(4000)
})
