// A thread that becomes the owner of a mutex and dies with it.
import { workerData } from 'node:worker_threads'
import { win32event } from '../../src/win32/index.ts'

const mutex = win32event.OpenMutex(win32event.MUTEX_ALL_ACCESS, false, workerData as string)
win32event.WaitForSingleObject(mutex, win32event.INFINITE)
