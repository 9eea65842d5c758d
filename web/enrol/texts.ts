import type { Messages } from '@lingui/core'
import enrol from '../text/locales/en/enrol.json?messages'

const factors = import.meta.glob<Messages>('../text/locales/en/factors/*.json', {
  query: '?messages=enrol',
  import: 'default',
  eager: true,
})

/** The texts of all enrolments, which come with the script of the enrolment. */
export const enrolTexts: Messages = Object.assign({}, enrol, ...Object.values(factors))
