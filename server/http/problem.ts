import type { IncomingHttpHeaders } from 'node:http'
import type { Context } from 'hono'
import { type Refusal, type RefusalCode, refusals, statusOf } from '#shared/refusal.ts'

/** A refusal with members of its problem details: `detail` of this occurrence, `reference` to its line in the log. */
export interface Problem extends Refusal {
  readonly detail?: string
  readonly reference?: string
}

/** The services that problem details need. */
interface Around {
  readonly issuer: URL
  readonly pages: { problemTitle(code: RefusalCode): string }
}

export const problemType = 'application/problem+json'

export const isRefusalCode = (code: string): code is RefusalCode => Object.hasOwn(refusals, code)

/** Problem details (RFC 9457 §3.1). `type` is the address of a page about the code, `title` is fixed for the code. */
export const problemDetails = ({ issuer, pages }: Around, problem: Problem) => ({
  type: new URL(`/problems/${problem.code}`, issuer).href,
  title: pages.problemTitle(problem.code),
  status: statusOf(problem),
  ...problem,
})

export function problemResponse(around: Around, c: Context, problem: Problem): Response {
  const details = problemDetails(around, problem)
  return c.json(details, details.status, { 'Content-Type': problemType })
}

/** Paths that answer JSON to every caller. */
const answersJson = /^\/(bench\/)?api\/|^\/sign-in\/[\w-]+\/(view|events)$/

/** Whether a program made the request, and so gets problem details; a person gets a page. */
export const isProgram = (path: string, headers: IncomingHttpHeaders): boolean =>
  answersJson.test(path) || /^application\/json\b/i.test(headers['content-type'] ?? '')
