import { useEffect, useState } from 'react'

/** The JSON body of a GET; null until the answer has come. */
export function useJson<T>(path: string): T | null {
  const [value, setValue] = useState<T | null>(null)
  useEffect(() => {
    const left = new AbortController()
    fetch(path, { signal: left.signal })
      .then((response) => (response.ok ? response.json() : null))
      .then(setValue, () => {})
    return () => left.abort()
  }, [path])
  return value
}
