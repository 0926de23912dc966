/** How much is measured of a call: so many batches, of each of which so many calls. */
export const batches = 20
export const rounds = 50_000
