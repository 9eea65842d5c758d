import { hasUniqueMembers } from '../../http/duplicate-members.ts'

/**
 * Whether what the browser says of a ceremony names each thing once, and was not made inside another site's frame
 * (WebAuthn Level 3 §5.8.1): the library lets a frame pass that does not say whose it is in.
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
