import { randomUUID } from 'node:crypto'
import type { Page } from '#shared/wire/view.ts'
import type { Rendered, Renderer } from './renderer.ts'

/** The most pages that are kept: one for each client, in each language. */
const most = 500
/** The id in the kept pages: as in an engine's own, nothing in it is escaped, and no text of a page has it. */
const anyUid = randomUUID()

/** Whether a page is the first of a sign-in, and so the same for everybody but for the sign-in's id. */
const isFirst = (view: Page) =>
  view.at === 'identify' && view.username === '' && view.refusal === null && view.usernameless.length === 0

/** Renders the first page of a sign-in once for each client: rendering is most of what the page costs. */
export function firstPagesOnce(render: Renderer['render']): Renderer['render'] {
  const kept = new Map<string, Rendered>()
  return (view, locale, serviceName) => {
    if (!isFirst(view) || !('uid' in view)) return render(view, locale, serviceName)
    const general = { ...view, uid: anyUid, closesInMs: 0 }
    const key = JSON.stringify([locale, serviceName, general])
    const known = kept.get(key)
    const rendered = known ?? render(general, locale, serviceName)
    if (!known && kept.size >= most) kept.clear()
    kept.set(key, rendered)
    return { ...rendered, body: rendered.body.replaceAll(anyUid, () => view.uid) }
  }
}
