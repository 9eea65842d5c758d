import { base32nopad } from '@scure/base'
import { describe, expect, test } from 'vitest'
import { readCsv } from '#server/token-seeds/csv.ts'

const bytes = Buffer.from('12345678901234567890')
const hex = bytes.toString('hex')
const base32 = base32nopad.encode(bytes)
const button = { digits: 6, algorithm: 'sha1', moves: { by: 'event' }, next: 0, secret: base32 }
const clock = { ...button, moves: { by: 'time', periodSeconds: 30 } }
const faultsOf = (text: string) => readCsv(text).faults.map(({ at, message }) => `${at}: ${message}`)

test('what is left out is as most devices have it', () => {
  const text = `# serial, secret\nA1, ${hex}\nA2,${hex},totp,8,60,SHA-256\n\nA3,${hex},hotp,6,17\n`
  expect(readCsv(text)).toMatchObject({
    faults: [],
    seeds: [
      { serial: 'A1', device: button, person: null },
      { serial: 'A2', device: { digits: 8, algorithm: 'sha256', moves: { by: 'time', periodSeconds: 60 } } },
      { serial: 'A3', device: { next: 17 } },
    ],
  })
})

describe('a file of lines, as spreadsheets and makers write them', () => {
  test.each([
    ['fields that are empty', `A1,${hex},,,,`, button],
    ['more of them', `A1,${hex},,,,,,,,`, button],
    ['semicolons', `A1;${hex};totp;6;30;HmacSHA1`, clock],
    ['tabs', `A1\t${hex}\ttotp\t\t30`, clock],
    ['quotes', `"A1","${hex}","totp"`, clock],
    ['quotes and semicolons', `"A1" ; "${hex}" ; "totp"`, clock],
    ['base32', `A1,${base32}`, button],
    ['base32 in groups and small letters', `A1,${base32.toLowerCase().replace(/.{4}/g, '$& ')}`, button],
    ['padded base32', `A1,${base32}======,totp`, clock],
    ['hexadecimal digits in groups', `A1,${hex.toUpperCase().replace(/.{8}/g, '$& ')}`, button],
    ['a byte order mark', `\uFEFFA1,${hex}`, button],
    ['one before a comment', `\uFEFF# of May; ours\nA1,${hex}`, button],
    ['another separator in quotes', `serial,secret,"model;"\nA1,${hex},x`, button],
    ['lines that end as in DOS, and empty ones', `A1,${hex}\r\n,,,,,\r\n\r\n`, button],
    ['a first line', `Serial,Secret,Type\nA1,${hex},totp`, clock],
    ['a first line, quoted, in another order', `"Secret key";"Serial number"\n"${base32}";"A1"`, button],
    ['a first line after a comment', `# ours\nserial\tseed\tcounter\nA1\t${hex}\t0`, button],
    ['a column for the period alone: clocks', `serial,secret,period\nA1,${hex},`, clock],
    ['one for the counter too: whichever is given', `serial,secret,period,counter\nA1,${hex},,0`, button],
  ])('%s', (_, text, device) => {
    expect(readCsv(text)).toMatchObject({ faults: [], seeds: [{ serial: 'A1', device, person: null }] })
    expect(readCsv(text).seeds).toHaveLength(1)
  })

  test('the list that Microsoft Entra ID takes: its columns, base32, and the person of each', () => {
    const text = `upn,serial number,secret key,time interval,manufacturer,model
ada@example.test,1234567,${base32},30,"Maker, Ltd",HardwareKey
,1234568,${base32},60,Maker,HardwareKey`
    expect(readCsv(text)).toMatchObject({
      faults: [],
      seeds: [
        { serial: '1234567', person: 'ada@example.test', device: clock },
        { serial: '1234568', person: null, device: { moves: { by: 'time', periodSeconds: 60 } } },
      ],
    })
  })

  test('without a first line, the person stands seventh', () => {
    expect(readCsv(`A1,${hex},hotp,6,0,sha1,ada`).seeds).toMatchObject([{ serial: 'A1', person: 'ada' }])
  })
})

describe('what cannot be read', () => {
  test('every fault is told with its line, what can be read beside it, and no secret with it', () => {
    const lines = [
      `A 1,${hex}`,
      `A2,${hex}f`,
      `A3,${hex},push`,
      `A4,${hex},totp,7`,
      `A5,${hex},totp,6,45`,
      'A6,abcd',
      `A7,${hex},hotp,6,x`,
      `A8,${hex},hotp,6,0,md5`,
      `A9,${hex},hotp,6,0,sha1,ada,more`,
      `,${hex}`,
      'A10,',
    ]
    const read = readCsv([...lines, `B1,${hex}`].join('\n'))
    const faults = read.faults.map(({ at }) => at)
    expect(faults).toEqual(lines.map((_, at) => `line ${at + 1}`))
    expect(JSON.stringify(read.faults)).not.toContain(hex)
    expect(read.seeds.map(({ serial }) => serial)).toEqual(['B1'])
  })

  test.each([
    [
      'a column that nobody knows',
      `serial,secret,perod\nA1,${hex},30`,
      'line 1: There is no column "perod". Did you mean "period"?',
    ],
    [
      'a first line of which only half is known',
      `serial,seed (hex)\nA1,${hex}`,
      'line 1: There is no column "seed (hex)".',
    ],
    ['no column for the serial', `secret,type\n${hex},hotp`, 'line 1: There is no column for the serial.'],
    ['an empty file', '\n# serial,secret\n', 'the file: There is no device in it.'],
    ['a first line alone', 'serial,secret\n', 'the file: There is no device in it.'],
    ['two columns of one kind', `serial,secret,seed\nA1,${hex},x`, 'line 1: There are two columns for the secret.'],
    ['a quote without an end', `A1,${hex}\n"A2,${hex}`, 'line 2: A quote is not closed, or stands inside a field.'],
    ['a quote in a field', `A1,${hex}\nA"2",${hex}`, 'line 2: A quote is not closed, or stands inside a field.'],
    ['neither hexadecimal nor base32', 'A1,018', 'line 1: A secret is written in hexadecimal digits or in base32.'],
  ])('%s', (_, text, fault) => {
    expect(faultsOf(text)).toContain(fault)
    expect(faultsOf(text).join()).not.toContain(hex)
  })
})
