/**
 * A code as it was meant: without spaces and hyphens of any kind, and with full-width digits as ASCII ones. What else
 * there is stays, and makes it a wrong code. The pages do the same (web/ui/form/code-field.tsx), where there is a script.
 */
export const plainCode = (typed: string): string =>
  typed
    .replace(/[\s\p{Pd}]/gu, '')
    .replace(/[\uFF10-\uFF19]/g, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfee0))
