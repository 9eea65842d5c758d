import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Served } from './tree.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )

/** Starts a server on these cores and waits until `ready` answers. `args` are Node's; the port is in its environment. */
export async function startServer(args: readonly string[], cores: string, ready: string): Promise<Served> {
  const port = await freePort()
  const began = performance.now()
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', ...args]
  const child = spawn('taskset', ['-c', cores, ...node], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), SALLYPORT_CONFIG: '', SALLYPORT_DATA: '' },
  })
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint += chunk
  })
  const issuer = `http://localhost:${port}`
  while (!(await answers(`${issuer}${ready}`))) {
    if (child.exitCode !== null) throw new Error(`The server did not start: ${complaint}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return {
    issuer,
    startMs: performance.now() - began,
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGINT')
      await exited
    },
  }
}
