// Things to wait for that win32event can't make: processes, threads, memory notifications.
import { bind } from '../../src/native/ffi.ts'
import { pywintypes, win32con } from '../../src/win32/index.ts'

const calls = bind('kernel32.dll', {
  OpenProcess: {
    returns: 'HANDLE',
    takes: ['DWORD dwDesiredAccess', 'BOOL bInheritHandle', 'DWORD dwProcessId'],
  },
  CreateThread: {
    returns: 'HANDLE',
    takes: [
      'pointer lpThreadAttributes',
      'ULONG_PTR dwStackSize',
      'HANDLE lpStartAddress',
      'ULONG_PTR lpParameter',
      'DWORD dwCreationFlags',
      'pointer lpThreadId',
    ],
  },
  GetModuleHandleW: { returns: 'HANDLE', takes: ['LPCWSTR lpModuleName'] },
  GetProcAddress: { returns: 'HANDLE', takes: ['HANDLE hModule', 'pointer lpProcName'] },
  CreateMemoryResourceNotification: { returns: 'HANDLE', takes: ['int NotificationType'] },
})

/** A process that runs already. */
export function openProcess(pid: number): pywintypes.PyHANDLE {
  return pywintypes.HANDLE(calls.OpenProcess(win32con.SYNCHRONIZE, 0, pid))
}

/** A thread that ends after so many milliseconds. */
export function startThread(milliseconds: number): pywintypes.PyHANDLE {
  const sleep = calls.GetProcAddress(calls.GetModuleHandleW('kernel32.dll'), Buffer.from('Sleep\0'))
  return pywintypes.HANDLE(calls.CreateThread(null, 0, sleep, milliseconds, 0, null))
}

/** Signalled while memory is plenty (1) or scarce (0). */
export function memoryNotification(type: 0 | 1): pywintypes.PyHANDLE {
  return pywintypes.HANDLE(calls.CreateMemoryResourceNotification(type))
}
