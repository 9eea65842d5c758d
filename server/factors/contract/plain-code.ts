/**
 * A code as the person meant it: without spaces and hyphens of any kind, full-width digits as ASCII digits. All other
 * characters stay, and make the code wrong. The script of the pages does the same (web/ui/form/code-field.tsx).
 */
export const plainCode = (typed: string): string =>
  typed
    .replace(/[\s\p{Pd}]/gu, '')
    .replace(/[\uFF10-\uFF19]/g, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfee0))
