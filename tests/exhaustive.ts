/** How often a race is run: a few times in every suite, many times in `npm run test:all`. */
export const rounds = (few: number, many: number): number => (process.env.SALLYPORT_EXHAUSTIVE ? many : few)
