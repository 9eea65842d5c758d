#!/bin/sh
# libphonenumber-js 1.13.16 reads a number with a plus of full width (U+FF0B, as Japanese and Chinese keyboards write it) only
# where a default country is given, though the number names its country; digits of full width after an ASCII plus it reads
# without one. One would have guessed that both pluses mean the same, as the library's own list of plus signs has them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent libphonenumber-js@1.13.16
cat >ask.mjs <<'EOF'
import { parsePhoneNumberFromString as read } from 'libphonenumber-js/max'
const seen = [read('+41791234567'), read('\uFF0B41791234567'), read('\uFF0B41791234567', 'CH'), read('+\uFF14\uFF11791234567')]
const numbers = seen.map((one) => one?.number ?? 'none').join(' ')
console.log(numbers)
if (numbers !== '+41791234567 none +41791234567 +41791234567') process.exit(1)
EOF
node ask.mjs
