import { codeHashOf } from '../../server/factors/recovery-code/codes.ts'

/** The ten recovery codes of every person, without hyphens, as codes are hashed. */
const codes = Array.from({ length: 10 }, (_, at) => `${at}`.repeat(16))
export const recoveryCodes = { codes: codes.map((code) => ({ hash: codeHashOf(code), usedAt: null })) }

const used = new Map<string, number>()
/** A person's next code: each is good once. */
export function codeOf(username: string): string {
  const at = used.get(username) ?? 0
  used.set(username, at + 1)
  return codes[at] ?? ''
}
