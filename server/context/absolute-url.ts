/** A path on the issuer, or a whole address, to a whole address. */
export const absoluteUrl = ({ issuer }: { readonly issuer: URL }, uri: string): string =>
  uri.startsWith('/') ? new URL(uri, issuer).href : uri
