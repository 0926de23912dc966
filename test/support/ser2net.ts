import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { SerialOptions, SerialPort } from '../../src/index.ts'
import { lacksPackage } from './debian.ts'
import { freeNumber, openSoon } from './other-server.ts'

const program = '/usr/sbin/ser2net'

/** Why what needs ser2net can't run here, or false. */
export function lacksSer2net(): string | false {
  return lacksPackage('ser2net', () => existsSync(program))
}

/** Debian's ser2net, which shares a device by RFC 2217 on loopback; it is ended with the scope. */
export class Ser2net {
  readonly url: string
  readonly #process: ChildProcess
  #stderr = ''

  private constructor(device: string, number: number) {
    this.url = `rfc2217://127.0.0.1:${number}`
    const configuration = [
      '%YAML 1.1',
      '---',
      'connection: &shared',
      `  accepter: telnet(rfc2217),127.0.0.1,${number}`,
      `  connector: serialdev,${device},9600n81,local`,
    ]
    // In the foreground, and without its locks: their folder is not there on every machine.
    const args = ['-n', '-d', '-u', '-Y', configuration.join('\n')]
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.on('data', (text: Buffer) => (this.#stderr += text.toString()))
    this.#process = child
  }

  static async start(device: string): Promise<Ser2net> {
    return new Ser2net(device, await freeNumber())
  }

  /** Opens the port that it shares. */
  async open(options?: SerialOptions, query = ''): Promise<SerialPort> {
    try {
      return await openSoon(this.url + query, options)
    } catch (error) {
      throw new Error(`ser2net said: ${this.#stderr}`, { cause: error })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL')
      await once(this.#process, 'close')
    }
  }
}
