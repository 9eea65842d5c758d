#!/bin/sh
# Node 26.10.0: X509Certificate reads the first of several certificates in a row, in DER and in PEM, and says nothing of the
# others, though its raw bytes are shorter than what it was given. HAProxy's ssl_c_chain_der is such a row: a chain in
# one field. One would have guessed an error for bytes that are left over, as JSON.parse has one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent node@26.10.0
for one in first second; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$one.key" -out "$one.pem" -subj "/CN=$one" 2>/dev/null
  openssl x509 -in "$one.pem" -outform DER -out "$one.der"
done
cat >read.mjs <<'EOF'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
const both = (kind) => Buffer.concat(['first', 'second'].map((one) => readFileSync(`${one}.${kind}`)))
const seen = ['der', 'pem'].map((kind) => new X509Certificate(both(kind)).subject).join(' ')
console.log(process.version, seen)
if (process.version !== 'v26.10.0' || seen !== 'CN=first CN=first') process.exit(1)
EOF
node_modules/.bin/node read.mjs
