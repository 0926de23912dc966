/** The answer has not come in the time that a user would wait, and there is no reason but the library. */
export class Stalled extends Error {}
