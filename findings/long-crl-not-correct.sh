#!/bin/sh
# pkijs 4.0.0 (with asn1js 4.0.0): a revocation list of 4,000 entries, made by OpenSSL and read by it, is refused with "Data is
# not correct for 'CertificateRevocationList'"; one of 3,000 is read. The cause is asn1js's default limit of 10,000 elements, which
# neither the message nor any argument of pkijs's fromBER tells of; with the limit raised in asn1js the same bytes are read.
# One would have guessed that a correct list is read, or that the error names the limit.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent pkijs@4.0.0 asn1js@4.0.0
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=CA 2>/dev/null
printf '[ca]\ndefault_ca=here\n[here]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=1\n' >ca.cnf
for entries in 3000 4000; do
  awk -v n="$entries" 'BEGIN { for (i = 1; i <= n; i++) printf "R\t491201000000Z\t251101000000Z\t4D%06X\tunknown\t/CN=%d\n", i, i }' >index.txt
  openssl ca -config ca.cnf -gencrl -cert ca.pem -keyfile ca.key -out "$entries.pem" 2>/dev/null
  openssl crl -in "$entries.pem" -CAfile ca.pem -outform DER -out "$entries.der" 2>/dev/null
done
cat >read.mjs <<'END'
import { readFileSync } from 'node:fs'
import * as asn1js from 'asn1js'
import { CertificateRevocationList } from 'pkijs'
const tried = (read) => {
  try {
    return read().revokedCertificates.length
  } catch (error) {
    return error.message
  }
}
const seen = [
  tried(() => CertificateRevocationList.fromBER(readFileSync('3000.der'))),
  tried(() => CertificateRevocationList.fromBER(readFileSync('4000.der'))),
  tried(() => {
    const { result } = asn1js.fromBER(readFileSync('4000.der'), { maxNodes: 100_000 })
    return new CertificateRevocationList({ schema: result })
  }),
]
console.log(seen)
const expected = [3000, "Error during parsing of ASN.1 data. Data is not correct for 'CertificateRevocationList'.", 4000]
if (JSON.stringify(seen) !== JSON.stringify(expected)) process.exit(1)
END
node read.mjs
