import { type Load, measure, type Running } from './load.ts'
import { type Spread, spreadOf } from './statistics.ts'

/** The server has core 0 to itself; the load comes from core 1. */
export const oneCore = '0'
export const atOnce = 8

export interface Compared {
  /** The CPU milliseconds of a sign-in at each server, in their order. */
  readonly cpu: readonly Spread[]
  /** What a sign-in cost at one server by what it cost at another, round by round. */
  readonly ratio: (one: number, other: number) => Spread
}

/** Measures servers by turns, so that a noisy machine disturbs all; each round begins with another one. */
export async function compare(runs: readonly Running[], load: Load, rounds: number): Promise<Compared> {
  const spent = runs.map((): number[] => [])
  for (let round = 0; round < rounds; round++)
    for (let at = 0; at < runs.length; at++) {
      const turn = (round + at) % runs.length
      const running = runs[turn]
      if (running) spent[turn]?.push((await measure(running, load)).each.cpuMs ?? Number.NaN)
    }
  return {
    cpu: spent.map(spreadOf),
    ratio: (one, other) =>
      spreadOf((spent[one] ?? []).map((cpu, round) => cpu / (spent[other]?.[round] ?? Number.NaN))),
  }
}

/** Runs work beside servers that are running and warmed up, and stops them. */
export async function beside<T>(
  starting: readonly (() => Promise<Running>)[],
  warm: number,
  work: (runs: readonly Running[]) => Promise<T>,
): Promise<T> {
  const runs: Running[] = []
  try {
    for (const start of starting) runs.push(await start())
    for (const running of runs) await measure(running, { atOnce, signIns: warm })
    return await work(runs)
  } finally {
    for (const running of runs) await running.stop()
  }
}
