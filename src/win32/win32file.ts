/** Files, ports and overlapped operations, by pywin32's names; the constants of `win32con` are here too, as they are there. */
export * from '../native/win32/constants.ts'
export * from './comm.ts'
export * from './comm-events.ts'
export * from './comm-lines.ts'
export { DCB } from './comm-structures.ts'
export type { PyCOMSTAT, PyDCB } from './comm-structures.ts'
export * from './file.ts'
export * from './file-io.ts'
export { OVERLAPPED } from './overlapped.ts'
export {
  GetOverlappedResult,
  GetOverlappedResultAsync,
  GetOverlappedResultEx,
  GetOverlappedResultExAsync,
} from './overlapped-result.ts'
