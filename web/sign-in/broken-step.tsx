import type { View } from '#shared/wire/view.ts'
import { useText } from '../text/text.tsx'
import { Broken } from '../ui/frame/broken.tsx'
import { actionPath } from './api.ts'

/** The page in place of a step that could not be shown, with a plain form, without a script, to cancel the sign-in. */
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
