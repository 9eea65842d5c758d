import { expect, test } from 'vitest'
import { folderForAll } from '../pki.ts'
import { account, badTokens, documents, requests, signOuts, tokens } from './engine.ts'
import { type Carried, cardsOf, enrolments, onTheWay, signIns, usernameless } from './factors.ts'
import { compared } from './mapping.ts'
import { allWereMet } from './reached.ts'
import { recorded } from './record.ts'
import { lise, serverAt } from './recorded-server.ts'
import { badActions, breaks, ends, forms, guesses, texts } from './refusals.ts'
import type { Exchange } from './tape.ts'
import { admin, bench } from './tools.ts'
import { Walker } from './walker.ts'

// A walk through the whole product over HTTP: every answer is as it was recorded, under the names in mapping.ts.

const folder = folderForAll()
const server = await serverAt(Date.UTC(2026, 10, 30, 12), folder)
let carried: Carried
const all: Exchange[] = []

async function isAsRecorded(area: string, walk: (walker: Walker) => Promise<unknown>): Promise<void> {
  const walker = new Walker(server)
  await walker.party.get(`${server.issuer}/healthz`)
  await walk(walker)
  all.push(...walker.tape.exchanges)
  expect(compared(walker.tape.exchanges)).toEqual(recorded(area, walker.tape.exchanges))
}

test('what can be enrolled', () =>
  isAsRecorded('enrolments', async (walker) => {
    carried = await enrolments(walker, await cardsOf(walker, folder))
  }))
test('every factor signs in', () => isAsRecorded('factors', (walker) => signIns(walker, carried)))
test('nobody is named', () => isAsRecorded('usernameless', (walker) => usernameless(walker, carried)))
test('enrolment on the way', () => isAsRecorded('on-the-way', (walker) => onTheWay(walker, lise, carried.codes)))
test('actions that cannot be understood', () => isAsRecorded('bad-actions', badActions))
test('sign-ins that end otherwise', () => isAsRecorded('ends', ends))
test('forms', () => isAsRecorded('forms', forms))
test('guessing', () => isAsRecorded('guesses', guesses))
test('texts', () => isAsRecorded('texts', texts))
test('what is published', () => isAsRecorded('documents', documents))
test('tokens', () => isAsRecorded('tokens', tokens))
test('what is no token', () => isAsRecorded('bad-tokens', badTokens))
test('requests', () => isAsRecorded('requests', requests))
test('signing out', () => isAsRecorded('sign-outs', signOuts))
test('somebody’s own sessions', () => isAsRecorded('account', account))
test('the bench', () => isAsRecorded('bench', bench))
test('the administrators’ API', () => isAsRecorded('admin', admin))
test('what breaks', () => isAsRecorded('breaks', (walker) => breaks(walker, carried)))
test('every refusal that there is was met', () => allWereMet(all))
