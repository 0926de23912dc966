export { lingering, timeOnLine } from './lingering.ts'
export { Session } from './session.ts'
export type { Outputs, ServedPort } from './served-port.ts'
