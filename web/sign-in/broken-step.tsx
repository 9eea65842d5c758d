import type { View } from '#shared/wire/view.ts'
import { useText } from '../text/text.tsx'
import { Broken } from '../ui/frame/broken.tsx'
import { actionPath } from './api.ts'

/** A page that could not be shown, with the way out of its sign-in: a form of the browser's own, which needs no script. */
export function BrokenStep({ view }: { view: View }) {
  const say = useText()
  return (
    <Broken>
      {'uid' in view && view.at !== 'done' && (
        <form className="row" method="post" action={actionPath(view, 'cancel')}>
          <input type="hidden" name="revision" value={view.revision} />
          <button className="link" type="submit">
            {say('answer.cancel')}
          </button>
        </form>
      )}
    </Broken>
  )
}
