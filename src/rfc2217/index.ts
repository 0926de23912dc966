/// <reference types="node" preserve="true" />
export { serveRfc2217 } from './serve.ts'
export type { Rfc2217Options, Rfc2217Session } from './serve.ts'
