import { relay } from '../posix/index.ts'
import { libc } from './libc.ts'

relay(libc)
