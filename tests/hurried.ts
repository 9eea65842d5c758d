import { vi } from 'vitest'

const timeout = AbortSignal.timeout.bind(AbortSignal)
const patienceMs = 5000
const fractionMs = 1500

/** While this works, whoever would wait five seconds for another program waits a second and a half; and how many did. */
export async function hurried<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly waits: number }> {
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms === patienceMs ? fractionMs : ms))
  try {
    const result = await work()
    return { result, waits: spy.mock.calls.filter(([ms]) => ms === patienceMs).length }
  } finally {
    spy.mockRestore()
  }
}
