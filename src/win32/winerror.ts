/** The error numbers by name. */
export * from '../native/win32/winerror.ts'
