/** Events, mutexes, semaphores and timers, and waiting for them, by pywin32's names. */
export {
  EVENT_ALL_ACCESS,
  EVENT_MODIFY_STATE,
  INFINITE,
  MAXIMUM_WAIT_OBJECTS,
  MUTEX_ALL_ACCESS,
  MUTEX_MODIFY_STATE,
  SEMAPHORE_ALL_ACCESS,
  SEMAPHORE_MODIFY_STATE,
  SYNCHRONIZE,
  TIMER_ALL_ACCESS,
  TIMER_MODIFY_STATE,
  TIMER_QUERY_STATE,
  WAIT_ABANDONED,
  WAIT_ABANDONED_0,
  WAIT_FAILED,
  WAIT_IO_COMPLETION,
  WAIT_OBJECT_0,
  WAIT_TIMEOUT,
} from './win32con.ts'
export { CreateEvent, OpenEvent, PulseEvent, ResetEvent, SetEvent } from './events.ts'
export * from './synchronization.ts'
export * from './timers.ts'
export * from './wait.ts'
export * from './wait-multiple.ts'
export type { WaitOptions } from './waiting.ts'
