// `npm start`, `npm test`, `npm run …`: sets the checkout up, then runs the command on the pinned Node.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serverArgs } from './server-args.mjs'
import { onPinnedNode, root, setUp } from './setup.mjs'

const [name, ...args] = process.argv.slice(2)
const quietly = ['--disable-warning=ExperimentalWarning']
const bin = (path) => join(root, 'node_modules', path)

/** Every command: whether it needs built pages, whether it is a report that never fails, and its programs in order. */
const commands = {
  start: { pages: true, run: (args) => [[...serverArgs, 'serve', ...args]] },
  dev: {
    pages: false,
    run: (args) => [['--watch-path=server', '--watch-path=shared', ...serverArgs, 'serve', '--dev', ...args]],
  },
  build: { pages: true, run: () => [] },
  test: {
    pages: true,
    browser: true,
    run: (args) =>
      args.length > 0
        ? [[bin('vitest/vitest.mjs'), 'run', ...args]]
        : [
            [bin('@biomejs/biome/bin/biome'), 'ci', '.'],
            [bin('typescript/bin/tsc'), '--noEmit'],
            [bin('vitest/vitest.mjs'), 'run'],
          ],
  },
  'test:all': {
    pages: true,
    browser: true,
    env: { SALLYPORT_EXHAUSTIVE: '1' },
    run: (args) => commands.test.run(args),
  },
  screenshots: {
    pages: true,
    browser: true,
    run: () => [[...quietly, join(root, 'scripts/screenshots.ts')]],
  },
  bench: {
    pages: true,
    browser: true,
    run: (args) => [[...quietly, join(root, 'scripts/bench/bench.ts'), ...args]],
  },
  // npm runs on the pinned Node: an older Node makes npm report the newest version for that Node as the latest.
  outdated: { pages: false, report: true, run: () => [[process.env.npm_execpath, 'outdated']] },
}

/** The programs that the tests drive, and their Debian packages; CHROMIUM names another browser. */
const tools = {
  [process.env.CHROMIUM ?? '/usr/bin/chromium']: 'chromium',
  '/usr/bin/openssl': 'openssl',
  '/usr/bin/certutil': 'libnss3-tools',
  '/usr/bin/softhsm2-util': 'softhsm2',
  '/usr/bin/pkcs11-tool': 'opensc',
  '/usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data': 'python3-cryptography-vectors',
  '/usr/bin/gcc': 'gcc',
  '/usr/include/stdlib.h': 'libc6-dev',
  '/usr/include/p11-kit-1': 'libp11-kit-dev',
  [`/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/engines-3/pkcs11.so`]:
    'libengine-pkcs11-openssl',
}

function needTools() {
  const missing = Object.entries(tools).flatMap(([path, name]) => (existsSync(path) ? [] : [name]))
  if (missing.length === 0) return
  console.error(`Installing ${missing.join(', ')} for the tests…`)
  const apt = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  if (!apt('update') || !apt('install', '-y', '--no-install-recommends', ...missing))
    throw new Error(`The tests need ${missing.join(', ')}: install it, or name a Chromium in the variable CHROMIUM.`)
}

const modes = { dev: 'development', outdated: 'development', test: 'test', 'test:all': 'test' }
const command = commands[name]
if (!command) throw new Error(`run.mjs knows ${Object.keys(commands).join(', ')}; not ${name}.`)
try {
  await setUp(command)
  if (command.browser) needTools()
  Object.assign(process.env, command.env)
  for (const program of command.run(args)) {
    const code = await onPinnedNode(program, modes[name])
    if (code !== 0 && !command.report) process.exit(code)
  }
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
