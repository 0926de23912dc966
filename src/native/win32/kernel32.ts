import type { Bound } from '../ffi.ts'
import { bindWindows } from './bind.ts'

const kernel32Table = {
  GetLastError: { returns: 'DWORD', takes: [] },
  FormatMessageW: {
    returns: 'DWORD',
    takes: [
      'DWORD dwFlags',
      'HANDLE lpSource',
      'DWORD dwMessageId',
      'DWORD dwLanguageId',
      'pointer lpBuffer',
      'DWORD nSize',
      'HANDLE Arguments',
    ],
  },

  // Memory.
  GetProcessHeap: { returns: 'HANDLE', takes: [] },
  HeapAlloc: { returns: 'handle', takes: ['HANDLE hHeap', 'DWORD dwFlags', 'ULONG_PTR dwBytes'] },
  HeapFree: { returns: 'BOOL', takes: ['HANDLE hHeap', 'DWORD dwFlags', 'handle lpMem'] },

  // Files.
  CreateFileW: {
    returns: 'HANDLE',
    takes: [
      'LPCWSTR lpFileName',
      'DWORD dwDesiredAccess',
      'DWORD dwShareMode',
      'pointer lpSecurityAttributes',
      'DWORD dwCreationDisposition',
      'DWORD dwFlagsAndAttributes',
      'HANDLE hTemplateFile',
    ],
  },
  QueryDosDeviceW: {
    returns: 'DWORD',
    takes: ['LPCWSTR lpDeviceName', 'pointer lpTargetPath', 'DWORD ucchMax'],
  },
  CloseHandle: { returns: 'BOOL', takes: ['HANDLE hObject'] },
  GetCurrentProcess: { returns: 'HANDLE', takes: [] },
  DuplicateHandle: {
    returns: 'BOOL',
    takes: [
      'HANDLE hSourceProcessHandle',
      'HANDLE hSourceHandle',
      'HANDLE hTargetProcessHandle',
      'pointer lpTargetHandle',
      'DWORD dwDesiredAccess',
      'BOOL bInheritHandle',
      'DWORD dwOptions',
    ],
  },
  GetFileType: { returns: 'DWORD', takes: ['HANDLE hFile'] },
  FlushFileBuffers: { returns: 'BOOL', takes: ['HANDLE hFile'] },
  ReadFile: {
    returns: 'BOOL',
    takes: [
      'HANDLE hFile',
      'pointer lpBuffer',
      'DWORD nNumberOfBytesToRead',
      'pointer lpNumberOfBytesRead',
      'pointer lpOverlapped',
    ],
  },
  WriteFile: {
    returns: 'BOOL',
    takes: [
      'HANDLE hFile',
      'pointer lpBuffer',
      'DWORD nNumberOfBytesToWrite',
      'pointer lpNumberOfBytesWritten',
      'pointer lpOverlapped',
    ],
  },
  GetOverlappedResult: {
    returns: 'BOOL',
    takes: ['HANDLE hFile', 'pointer lpOverlapped', 'pointer lpNumberOfBytesTransferred', 'BOOL bWait'],
  },
  GetOverlappedResultEx: {
    returns: 'BOOL',
    takes: [
      'HANDLE hFile',
      'pointer lpOverlapped',
      'pointer lpNumberOfBytesTransferred',
      'DWORD dwMilliseconds',
      'BOOL bAlertable',
    ],
  },
  CancelIo: { returns: 'BOOL', takes: ['HANDLE hFile'] },
  CancelIoEx: { returns: 'BOOL', takes: ['HANDLE hFile', 'pointer lpOverlapped'] },
  FindFirstChangeNotificationW: {
    returns: 'HANDLE',
    takes: ['LPCWSTR lpPathName', 'BOOL bWatchSubtree', 'DWORD dwNotifyFilter'],
  },
  FindNextChangeNotification: { returns: 'BOOL', takes: ['HANDLE hChangeHandle'] },
  FindCloseChangeNotification: { returns: 'BOOL', takes: ['HANDLE hChangeHandle'] },

  // Communications.
  GetCommState: { returns: 'BOOL', takes: ['HANDLE hFile', 'pointer lpDCB'] },
  SetCommState: { returns: 'BOOL', takes: ['HANDLE hFile', 'pointer lpDCB'] },
  GetCommTimeouts: { returns: 'BOOL', takes: ['HANDLE hFile', 'pointer lpCommTimeouts'] },
  SetCommTimeouts: { returns: 'BOOL', takes: ['HANDLE hFile', 'pointer lpCommTimeouts'] },
  GetCommMask: { returns: 'BOOL', takes: ['HANDLE hFile', 'pointer lpEvtMask'] },
  SetCommMask: { returns: 'BOOL', takes: ['HANDLE hFile', 'DWORD dwEvtMask'] },
  WaitCommEvent: {
    returns: 'BOOL',
    takes: ['HANDLE hFile', 'pointer lpEvtMask', 'pointer lpOverlapped'],
  },
  GetCommModemStatus: { returns: 'BOOL', takes: ['HANDLE hFile', 'pointer lpModemStat'] },
  GetCommProperties: { returns: 'BOOL', takes: ['HANDLE hFile', 'pointer lpCommProp'] },
  ClearCommError: { returns: 'BOOL', takes: ['HANDLE hFile', 'pointer lpErrors', 'pointer lpStat'] },
  EscapeCommFunction: { returns: 'BOOL', takes: ['HANDLE hFile', 'DWORD dwFunc'] },
  SetCommBreak: { returns: 'BOOL', takes: ['HANDLE hFile'] },
  ClearCommBreak: { returns: 'BOOL', takes: ['HANDLE hFile'] },
  PurgeComm: { returns: 'BOOL', takes: ['HANDLE hFile', 'DWORD dwFlags'] },
  SetupComm: { returns: 'BOOL', takes: ['HANDLE hFile', 'DWORD dwInQueue', 'DWORD dwOutQueue'] },
  TransmitCommChar: { returns: 'BOOL', takes: ['HANDLE hFile', 'uchar cChar'] },

  // Things to wait for.
  CreateEventW: {
    returns: 'HANDLE',
    takes: ['pointer lpEventAttributes', 'BOOL bManualReset', 'BOOL bInitialState', 'LPCWSTR lpName'],
  },
  OpenEventW: {
    returns: 'HANDLE',
    takes: ['DWORD dwDesiredAccess', 'BOOL bInheritHandle', 'LPCWSTR lpName'],
  },
  SetEvent: { returns: 'BOOL', takes: ['HANDLE hEvent'] },
  ResetEvent: { returns: 'BOOL', takes: ['HANDLE hEvent'] },
  PulseEvent: { returns: 'BOOL', takes: ['HANDLE hEvent'] },
  CreateMutexW: {
    returns: 'HANDLE',
    takes: ['pointer lpMutexAttributes', 'BOOL bInitialOwner', 'LPCWSTR lpName'],
  },
  OpenMutexW: {
    returns: 'HANDLE',
    takes: ['DWORD dwDesiredAccess', 'BOOL bInheritHandle', 'LPCWSTR lpName'],
  },
  ReleaseMutex: { returns: 'BOOL', takes: ['HANDLE hMutex'] },
  CreateSemaphoreW: {
    returns: 'HANDLE',
    takes: ['pointer lpAttributes', 'int lInitialCount', 'int lMaximumCount', 'LPCWSTR lpName'],
  },
  OpenSemaphoreW: {
    returns: 'HANDLE',
    takes: ['DWORD dwDesiredAccess', 'BOOL bInheritHandle', 'LPCWSTR lpName'],
  },
  ReleaseSemaphore: {
    returns: 'BOOL',
    takes: ['HANDLE hSemaphore', 'int lReleaseCount', 'pointer lpPreviousCount'],
  },
  CreateWaitableTimerW: {
    returns: 'HANDLE',
    takes: ['pointer lpTimerAttributes', 'BOOL bManualReset', 'LPCWSTR lpTimerName'],
  },
  OpenWaitableTimerW: {
    returns: 'HANDLE',
    takes: ['DWORD dwDesiredAccess', 'BOOL bInheritHandle', 'LPCWSTR lpTimerName'],
  },
  SetWaitableTimer: {
    returns: 'BOOL',
    takes: [
      'HANDLE hTimer',
      'pointer lpDueTime',
      'int lPeriod',
      'HANDLE pfnCompletionRoutine',
      'HANDLE lpArgToCompletionRoutine',
      'BOOL fResume',
    ],
  },
  CancelWaitableTimer: { returns: 'BOOL', takes: ['HANDLE hTimer'] },
  WaitForSingleObject: { returns: 'DWORD', takes: ['HANDLE hHandle', 'DWORD dwMilliseconds'] },
  WaitForSingleObjectEx: {
    returns: 'DWORD',
    takes: ['HANDLE hHandle', 'DWORD dwMilliseconds', 'BOOL bAlertable'],
  },
  WaitForMultipleObjects: {
    returns: 'DWORD',
    takes: ['DWORD nCount', 'pointer lpHandles', 'BOOL bWaitAll', 'DWORD dwMilliseconds'],
  },
  WaitForMultipleObjectsEx: {
    returns: 'DWORD',
    takes: ['DWORD nCount', 'pointer lpHandles', 'BOOL bWaitAll', 'DWORD dwMilliseconds', 'BOOL bAlertable'],
  },
  SignalObjectAndWait: {
    returns: 'DWORD',
    takes: ['HANDLE hObjectToSignal', 'HANDLE hObjectToWaitOn', 'DWORD dwMilliseconds', 'BOOL bAlertable'],
  },
  BindIoCompletionCallback: {
    returns: 'BOOL',
    takes: ['HANDLE FileHandle', 'handle Function', 'DWORD Flags'],
  },
  RegisterWaitForSingleObject: {
    returns: 'BOOL',
    takes: [
      'pointer phNewWaitObject',
      'HANDLE hObject',
      'handle Callback',
      'ULONG_PTR Context',
      'DWORD dwMilliseconds',
      'DWORD dwFlags',
    ],
  },
  UnregisterWaitEx: { returns: 'BOOL', takes: ['HANDLE WaitHandle', 'HANDLE CompletionEvent'] },
} as const

/**
 * The calls of Windows that a port needs. A HANDLE is passed as a number; where a parameter is an address that we never
 * need to give, its type is HANDLE too, and 0 is passed. Sources: Microsoft Learn, the pages of these names.
 */
export const kernel32: Bound<typeof kernel32Table> = bindWindows('kernel32.dll', kernel32Table)

const ntdllTable = {
  NtQueryObject: {
    returns: 'DWORD',
    takes: [
      'HANDLE Handle',
      'DWORD ObjectInformationClass',
      'pointer ObjectInformation',
      'DWORD ObjectInformationLength',
      'pointer ReturnLength',
    ],
  },
} as const

/** Source: Microsoft Learn, "NtQueryObject function (winternl.h)". */
export const ntdll: Bound<typeof ntdllTable> = bindWindows('ntdll.dll', ntdllTable)

/** What a call returns instead of a handle when it failed. Source: "CreateFileW function (fileapi.h)". */
export const INVALID_HANDLE_VALUE = -1
