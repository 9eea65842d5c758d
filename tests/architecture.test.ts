import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { allFactors } from '#shared/factors/table.ts'

const root = new URL('..', import.meta.url).pathname
const files = ['shared', 'server', 'web'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => `${folder}/${path}`),
)
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const importsOf = (path: string) =>
  [...text(path).matchAll(/(?:from|import)\s*\(?'([^']+)'/g)].map(([, name = '']) => name)
/** The files of ours that a file imports, by their paths from the root. */
const targetsOf = (path: string) =>
  importsOf(path).flatMap((name) => {
    const target = name.startsWith('#')
      ? name.slice(1)
      : name.startsWith('.')
        ? normalize(join(dirname(path), name))
        : ''
    return files.includes(target) ? [target] : []
  })
const runtimeImportsOf = (path: string) =>
  [...text(path).matchAll(/^(?:import|export) (?!type )(?:[^']*? from )?'([^']+)'/gm)].map(([, name = '']) => name)
const outside = (pattern: RegExp, where: (path: string) => boolean) =>
  files.filter(where).flatMap((path) =>
    importsOf(path)
      .filter((name) => pattern.test(name))
      .map((name) => `${path} → ${name}`),
  )

/** The folders from the top down. A file imports from its own folder and from those below it, types included. */
const floors = [
  // Commands.
  'server/cli',
  // Composition alone.
  'server',
  // What answers requests.
  ['server/sign-in', 'server/account', 'server/admin', 'server/bench'],
  'server/bench/test-cards',
  // The engine; what a policy would decide.
  ['server/provider', 'server/policy-tools'],
  // Files of the operator's people and their devices, checked against the factors.
  ['server/people', 'server/token-seeds'],
  // Getting an authenticator; what is proven.
  ['server/enrolment', 'server/evidence'],
  // What all of the above are given.
  'server/context',
  // The configuration, and the factors that it is checked against.
  'server/config',
  'server/factors',
  // One folder for each.
  allFactors.map((id) => `server/factors/${id}`),
  ['server/factors/sms/gateways/smpp', 'server/factors/smartcard/x509'],
  'server/factors/sms/gateways',
  'server/factors/oath',
  'server/factors/contract',
  // Charging, locking, refunding.
  'server/attempts',
  // What is kept.
  'server/store',
  // Bodies, cookies and addresses; rendered pages; values that no log can show.
  'server/http',
  ['server/pages', 'server/secrets'],
  // Settings that several own; what is said to an operator; instants that a wrong clock wrote.
  ['server/settings', 'server/operator', 'server/clock'],
  // What hydrates, and what the server renders; pages; questions; what asks and answers for one factor.
  ['web/entries', 'web'],
  ['web/bench', 'web/sign-in', 'web/problem'],
  'web/enrol',
  'web/factors',
  allFactors.map((id) => `web/factors/${id}`),
  'web/factors/contract',
  // Look, and texts.
  'web/ui/frame',
  ['web/ui/form', 'web/ui/door'],
  'web/text',
  // Findings, reach and endings, what tools answer, what server and browser say to each other.
  'shared/policy/lint',
  ['shared/policy/analysis', 'shared/wire'],
  'shared/policy/tools',
  // Decisions; what a policy says.
  'shared/policy/engine',
  'shared/policy/rules',
  // Levels, dialects, and what every one of them speaks of.
  'shared/acr',
  'shared/amr',
  'shared',
  'shared/factors',
].map((floor) => [floor].flat())

test('imports lead down, from each folder to those on lower floors', () => {
  const floorOf = (path: string) => floors.findIndex((floor) => floor.includes(dirname(path)))
  expect(files.filter((path) => floorOf(path) === -1)).toEqual([])
  const climbing = files.flatMap((path) =>
    targetsOf(path)
      .filter((target) => dirname(target) !== dirname(path) && floorOf(target) <= floorOf(path))
      .map((target) => `${path} → ${target}`),
  )
  expect(climbing).toEqual([])
})

test('only server/provider imports the engine', () => {
  expect(outside(/^oidc-provider/, (path) => !path.startsWith('server/provider/'))).toEqual([])
})

test('certificates know nothing of cards: x509 imports Node and itself alone', () => {
  const x509 = (path: string) => path.startsWith('server/factors/smartcard/x509/')
  // What `Buffer.from` takes in hexadecimal is no import.
  expect(outside(/^(?!node:|\.\/|[\da-f]+$)/, x509)).toEqual([])
  expect(files.filter(x509).filter((path) => /(?<!wild)card/i.test(text(path)))).toEqual([])
})

test('shared is pure: no node:, no React, nothing of the server or the browser, no clock, no randomness', () => {
  const shared = (path: string) => path.startsWith('shared/')
  expect(outside(/^(node:|react|#server|#web)/, shared)).toEqual([])
  const impure = /\b(Date\.now|new Date\(\)|Math\.random|crypto\.|setTimeout|process\.|document\.|window\.|fetch\()/
  expect(files.filter(shared).filter((path) => impure.test(text(path)))).toEqual([])
})

test('the browser takes types alone from the contracts: no schema library in its bundle', () => {
  const web = files.filter((path) => path.startsWith('web/'))
  expect(web.flatMap((path) => runtimeImportsOf(path).filter((name) => name.startsWith('#shared/')))).toEqual([])
  expect(outside(/^(zod|#server|node:)/, (path) => path.startsWith('web/'))).toEqual([])
})

test('a factor’s name stands in its own folders, the registries, the policies and the dialects alone', () => {
  const home = (id: string) =>
    new RegExp(
      `^(shared/factors/(index|table|classes|methods|${id})\\.ts|server/factors/(registry\\.ts|${id}/)|web/factors/((registry|enrolments)\\.ts|${id}/)|web/text/factor-messages\\.ts|shared/(amr|acr)/)`,
    )
  const strays = allFactors.flatMap((id) =>
    files
      .filter((path) => !home(id).test(path) && new RegExp(`(?<!type=)['"\`]${id}['"\`]`).test(text(path)))
      .map((path) => `${path}: ${id}`),
  )
  // A people file may give a password without naming its factor.
  expect(strays).toEqual(['server/people/file.ts: password'])
})

test('no name is exported by two files, but what a factor is called in its contract, its verifier and its page', () => {
  const factorOf = (path: string) => /^(?:shared\/factors\/([\w-]+)\.ts|(?:server|web)\/factors\/([\w-]+)\/)/.exec(path)
  const exported = files.flatMap((path) =>
    [
      ...text(path).matchAll(
        /^export (?:default )?(?:async )?(?:abstract )?(?:const|let|function|class|interface|type) (\w+)/gm,
      ),
    ].map(([, name = '']) => ({ name, path })),
  )
  const twice = [...Map.groupBy(exported, ({ name }) => name).values()].filter((all) => {
    const factors = new Set(all.map(({ path }) => factorOf(path)?.slice(1).find(Boolean) ?? path))
    return all.length > 1 && factors.size > 1
  })
  expect(twice.flat().map(({ name, path }) => `${name}: ${path}`)).toEqual([])
})

test('no file is longer than 250 lines, and half of them are shorter than 60', () => {
  const lines = files.map((path) => ({ path, lines: text(path).split('\n').length })).sort((a, b) => a.lines - b.lines)
  expect(lines.filter((file) => file.lines > 250)).toEqual([])
  expect(lines[Math.floor(lines.length / 2)]?.lines).toBeLessThan(60)
})

test('the seven rooms of the walk are seven files, under 600 lines in all', () => {
  const rooms = [...text('tests/walk.test.ts').matchAll(/\/\/ \d\. ([\w/.-]+):/g)].map(([, path = '']) => path)
  expect(rooms).toHaveLength(7)
  const total = rooms.reduce((sum, path) => sum + text(path).split('\n').length, 0)
  expect(total).toBeLessThan(600)
})
