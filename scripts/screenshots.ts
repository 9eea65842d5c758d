// Takes the pictures of the README and the docs from the running demo, so that they never go stale.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchCode } from '../shared/wire/bench.ts'
import { launch, openWindow, typeAndEnter } from '../tests/chromium.ts'

const port = '4317'
const bench = `http://localhost:${port}/bench`
const root = join(import.meta.dirname, '..')
const data = mkdtempSync(join(tmpdir(), 'sallyport-pictures-'))
const server = spawn(process.execPath, [join(root, 'server/cli/main.ts'), 'serve', '--port', port, '--data', data], {
  stdio: 'inherit',
  env: { ...process.env, PORT: '', SALLYPORT_CONFIG: '' },
})
const up = () =>
  fetch(bench).then(
    ({ ok }) => ok,
    () => false,
  )
while (!(await up())) await new Promise((resolve) => setTimeout(resolve, 100))

/** The code that one of Ada's apps shows. */
async function codeOf(app: string): Promise<string> {
  const codes: readonly BenchCode[] = await (await fetch(`${bench}/api/people/ada/codes`)).json()
  return codes.find(({ label }) => label === app)?.code ?? ''
}

const browser = await launch()
try {
  // Each sign-in has an app of its own: a code is good once.
  for (const [colorScheme, app] of [
    ['light', 'Work phone'],
    ['dark', 'Tablet'],
  ] as const) {
    const { page, context } = await openWindow(browser, { colorScheme, viewport: { width: 1100, height: 640 } })
    const picture = (name: string, fullPage = false) =>
      page.screenshot({ path: join(root, `docs/images/${name}-${colorScheme}.png`), fullPage })
    await page.goto(bench)
    await page.getByRole('button', { name: 'Use Ada Lovelace as login_hint' }).click()
    await picture('bench', true)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForSelector('[name=username]')
    await page.press('[name=username]', 'Enter')
    await page.waitForSelector('[name=password]')
    await typeAndEnter(page, 'not her password')
    await page.getByText('don’t match').waitFor()
    await picture('sign-in')
    await page.focus('[name=password]')
    await typeAndEnter(page, 'limestone lantern 41')
    // The first sign-in offers a choice; later ones ask for the app that was used last.
    await page.getByRole('button', { name: 'Use another method' }).or(page.getByText(app)).first().waitFor()
    if ((await page.getByText('Choose how to continue').count()) === 0)
      await page.getByRole('button', { name: 'Use another method' }).click()
    await page.getByRole('heading', { name: 'Choose how to continue' }).waitFor()
    await picture('choose')
    await page.getByRole('button', { name: app }).click()
    await page.waitForSelector('[name=code]')
    await page.focus('[name=code]')
    await typeAndEnter(page, await codeOf(app))
    await page.getByText('Signature checked').waitFor()
    await picture('result', true)
    await context.close()
  }
} finally {
  await browser.close()
  server.kill('SIGINT')
  rmSync(data, { recursive: true, force: true })
}
