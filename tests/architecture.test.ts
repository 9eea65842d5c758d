import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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
const runtimeImportsOf = (path: string) =>
  [...text(path).matchAll(/^(?:import|export) (?!type )(?:[^']*? from )?'([^']+)'/gm)].map(([, name = '']) => name)
const outside = (pattern: RegExp, where: (path: string) => boolean) =>
  files.filter(where).flatMap((path) =>
    importsOf(path)
      .filter((name) => pattern.test(name))
      .map((name) => `${path} → ${name}`),
  )

test('only server/provider imports the engine', () => {
  expect(outside(/^oidc-provider/, (path) => !path.startsWith('server/provider/'))).toEqual([])
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
      `^(shared/factors/(index|table|classes|${id})\\.ts|server/factors/(index\\.ts|${id}/)|web/factors/(registry\\.ts|enrolments\\.ts|${id}/)|shared/(amr|acr)/)`,
    )
  const strays = allFactors.flatMap((id) =>
    files
      .filter((path) => !home(id).test(path) && new RegExp(`(?<!type=)['"\`]${id}['"\`]`).test(text(path)))
      .map((path) => `${path}: ${id}`),
  )
  // A people file may give a password without naming its factor.
  expect(strays).toEqual(['server/people/file.ts: password'])
})

test('no file is longer than 250 lines, and half of them are shorter than 60', () => {
  const lines = files.map((path) => ({ path, lines: text(path).split('\n').length })).sort((a, b) => a.lines - b.lines)
  expect(lines.filter((file) => file.lines > 250)).toEqual([])
  expect(lines[Math.floor(lines.length / 2)]?.lines).toBeLessThan(60)
})

test('the seven rooms are seven files, under 600 lines in all', () => {
  const rooms = [
    'server/provider/prompt.ts',
    'server/sign-in/routes.ts',
    'shared/policy/next.ts',
    'web/sign-in/sign-in.tsx',
    'server/factors/password/password.ts',
    'server/provider/finish.ts',
    'server/provider/speak.ts',
  ]
  const total = rooms.reduce((sum, path) => sum + text(path).split('\n').length, 0)
  expect(total).toBeLessThan(600)
})
