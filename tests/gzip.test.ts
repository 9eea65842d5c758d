import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { gzipped, pieceOf } from '#server/pages/gzip.ts'

const piece = pieceOf('<style>every page has this</style>'.repeat(400))
const secret = 'only this person is shown this'

test.for([
  ['around it', `<p>é</p>${piece.text}<p>${secret}</p>`],
  ['alone', piece.text],
  ['without it', `<p>${secret}</p>`],
  ['longer than a block', `${piece.text}${'π and so on '.repeat(20_000)}`],
  ['nothing', ''],
])('a page with its piece unpacks to itself: %s', ([, text]) => {
  expect(gunzipSync(gzipped(text ?? '', piece)).toString()).toBe(text)
})

test('the piece is packed, and what one person is shown is not: its length says nothing about it', () => {
  const packed = gzipped(`${piece.text}<p>${secret}</p>`, piece)
  expect(packed.length).toBeLessThan(piece.text.length / 10)
  expect(packed.includes(secret)).toBe(true)
  expect(gzipped(`${piece.text}<p>${secret} ${secret}</p>`, piece).length - packed.length).toBe(secret.length + 1)
})
