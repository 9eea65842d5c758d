/** The whole address of a path on the issuer; a whole address stays as it is. */
export const absoluteUrl = ({ issuer }: { readonly issuer: URL }, uri: string): string =>
  uri.startsWith('/') ? new URL(uri, issuer).href : uri
