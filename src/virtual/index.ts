/// <reference types="node" preserve="true" />
export { createPair } from './pair.ts'
export type { Pair } from './pair.ts'
export { loop } from './loop.ts'
export type { LoopOptions } from './loop.ts'
