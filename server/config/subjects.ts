import type { YamlPath } from '../operator/yaml-file.ts'
import type { Configuration } from './schema.ts'

/**
 * Reports pairwise clients without one sector, which is one host of redirect URIs or a `sector_identifier_uri` (OpenID
 * Connect Core 1.0 §8.1), and public clients with one.
 */
export function checkSubjects({ clients }: Configuration, report: (path: YamlPath, message: string) => void): void {
  for (const [id, { subject_type, sector_identifier_uri, redirect_uris }] of Object.entries(clients)) {
    const hosts = new Set(redirect_uris.map((uri) => (uri.startsWith('/') ? '' : new URL(uri).host)))
    if (subject_type === 'pairwise' && !sector_identifier_uri && hosts.size > 1)
      report(['clients', id, 'subject_type'], 'Redirect URIs on several hosts need a sector_identifier_uri.')
    if (subject_type === 'public' && sector_identifier_uri)
      report(['clients', id, 'sector_identifier_uri'], 'This is for subject_type: pairwise alone.')
  }
}
