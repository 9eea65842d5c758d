import { Component, type ReactNode } from 'react'

interface Props {
  /** The content's identity: the boundary tries again when it changes. */
  readonly of: unknown
  readonly instead: ReactNode
  readonly children: ReactNode
}

/**
 * A part of the page that may fail, since its script is gone after an update or older than the view. The page is loaded
 * anew once, with the current scripts; on another failure `instead` is shown, and the rest of the page stays.
 */
export class Boundary extends Component<Props, { readonly of: unknown; readonly failed: boolean }> {
  override state = { of: this.props.of, failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  static getDerivedStateFromProps({ of }: Props, before: { readonly of: unknown }) {
    return of === before.of ? null : { of, failed: false }
  }

  override componentDidCatch() {
    const [arrival] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    if (arrival?.type !== 'reload') location.reload()
  }

  override render() {
    return this.state.failed ? this.props.instead : this.props.children
  }
}
