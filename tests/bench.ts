import type { EnrollableFactor } from '#shared/factors/index.ts'
import type { EnrolmentView, ListedAuthenticator } from '#shared/wire/enrolment.ts'
import { Browser } from './browser.ts'
import type { TestServer } from './test-server.ts'

/** What a tester can do at the bench for somebody of the demo. */
export function testerFor(server: TestServer, username: string) {
  const tester = new Browser()
  const base = `${server.issuer}/bench/api/people/${username}`
  const post = async (path: string, fields: object) =>
    (await (await tester.post(`${base}${path}`, fields)).json()) as EnrolmentView
  type Asked<Id extends EnrollableFactor> = Extract<EnrolmentView, { at: 'asked'; factor: Id }>
  return {
    /** Begins to make an authenticator: the first question. */
    async begin<Id extends EnrollableFactor>(factor: Id): Promise<Asked<Id>> {
      const view = await post('/enrolments', { factor })
      if (view.at !== 'asked') throw new Error(`Nothing was asked: ${JSON.stringify(view)}`)
      return view as Asked<Id>
    },
    answer: ({ id, revision }: { id: string; revision: number }, answer: object, label = '') =>
      post(`/enrolments/${id}`, { revision, answer, label }),
    async carries(): Promise<readonly ListedAuthenticator[]> {
      return (await tester.get(`${base}/authenticators`)).json()
    },
    remove: async (id: string) => (await tester.post(`${base}/authenticators/${id}/remove`, {})).status,
    /** Recovery codes, new ones. */
    async recoveryCodes(): Promise<readonly string[]> {
      const asked = await this.begin('recovery-code')
      await this.answer(asked, { saved: true })
      return asked.prompt.codes
    },
  }
}
