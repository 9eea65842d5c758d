import { hasUniqueMembers } from '../../http/duplicate-members.ts'

/**
 * Whether the browser's client data names each member once, and comes from no frame of another site (WebAuthn Level 3
 * §5.8.1): the library accepts a frame that does not name its top origin.
 */
export function isOwnClientData(clientDataJSON: string): boolean {
  const text = Buffer.from(clientDataJSON, 'base64url').toString('utf8')
  try {
    const data: unknown = JSON.parse(text)
    if (data === null || typeof data !== 'object' || !hasUniqueMembers(text)) return false
    return !('topOrigin' in data) && (!('crossOrigin' in data) || data.crossOrigin === false)
  } catch {
    return false
  }
}
