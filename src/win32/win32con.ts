/** The constants of the Win32 calls, unsigned: `GENERIC_READ` is 0x80000000. */
export * from '../native/win32/constants.ts'
