import { parentPort, workerData } from 'node:worker_threads'
import { relay } from '../posix/index.ts'
import type { RelayData } from '../posix/index.ts'
import { libc } from './libc.ts'

parentPort?.postMessage('ready')
relay(libc, workerData as RelayData)
