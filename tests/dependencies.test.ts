import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Needs = Record<'dependencies' | 'optionalDependencies' | 'devDependencies', Record<string, string> | undefined>
type Locked = Partial<Needs> & { resolved?: string; integrity?: string }
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))
const lock = (read('package-lock.json') as { packages: Record<string, Locked> }).packages
const installed = Object.entries(lock).filter(([folder]) => folder !== '')

test('each dependency is pinned to one version', () => {
  const { dependencies, optionalDependencies, devDependencies } = read('package.json') as Needs
  const versions = Object.values({ ...dependencies, ...optionalDependencies, ...devDependencies })
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

test('the lockfile names no registry and holds the hash of each package', () => {
  expect(installed.filter(([, locked]) => locked.resolved || !locked.integrity)).toEqual([])
})

test('the lockfile holds each package that another asks for, those of other platforms too: npm ci refuses it otherwise', () => {
  const missing = installed.flatMap(([folder, locked]) => {
    const above = folder.split('/node_modules/').map((_, at, parts) => parts.slice(0, at + 1).join('/node_modules/'))
    const found = (name: string) =>
      ['', ...above.map((path) => `${path}/`)].some((path) => `${path}node_modules/${name}` in lock)
    return Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })
      .filter((name) => !found(name))
      .map((name) => `${folder} asks for ${name}`)
  })
  expect(missing).toEqual([])
})
