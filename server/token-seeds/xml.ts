import type { Element } from '@xmldom/xmldom'

export const children = (inside: Element): readonly Element[] =>
  Array.from(inside.childNodes).filter((node): node is Element => node.nodeType === node.ELEMENT_NODE)

/** The child elements of one local name, whatever their prefix. */
export const descendants = (inside: Element, name: string): readonly Element[] =>
  children(inside).filter(({ localName }) => localName === name)

/** The first element along a path of local names; null without one. */
export const firstOf = (inside: Element, ...path: readonly string[]): Element | null =>
  path.reduce<Element | null>((here, name) => (here && descendants(here, name)[0]) ?? null, inside)

export const elementText = (inside: Element, ...path: readonly string[]): string | null =>
  firstOf(inside, ...path)?.textContent?.trim() ?? null

export const attribute = (element: Element, name: string): string => element.getAttribute(name) ?? ''
