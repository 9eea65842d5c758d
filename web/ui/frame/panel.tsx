import { type ReactNode, useId } from 'react'

interface Props {
  readonly title: ReactNode
  readonly className?: string
  readonly children: ReactNode
}

/** A section of a page, named by its heading. */
export function Panel({ title, className = 'panel', children }: Props) {
  const id = useId()
  return (
    <section className={className} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}
