import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { SerialError } from '../../errors.ts'
import { farewell } from '../../tcp/index.ts'
import { Waiters } from '../../waiters.ts'
import type { Message } from '../com-port.ts'
import { Protocol } from '../protocol.ts'
import type { ProtocolEvent } from '../protocol.ts'
import { iac, nop } from '../telnet.ts'
import { whenClosed } from './closing.ts'
import { Feed } from './feed.ts'
import { Line } from './line.ts'
import { lingering } from './lingering.ts'
import { Outlet } from './outlet.ts'
import type { ServedPort } from './served-port.ts'

/** Bytes of the client that may wait for the port; beyond, the client is not read until they are fewer. */
const mostToWrite = 256 * 1024

/** What a write takes beside its bytes, so that many small ones count for what they are. */
const writeCost = 512

/** A silent client is tried after so long, in ms; ten tries later, a second each, the system gives it up. */
const keepAliveDelay = 15_000

/** How often a client that waits for an answer is given a sign of life; in ms. The least that clients wait for is 3 s. */
const signEvery = 1000

/** How often a client that is not read is sent something that means nothing; in ms. */
const tryEvery = 3000

/** What a client says that is done together; then others have their turn. */
const mostTogether = 32

/** How a client is served. */
export interface SessionOptions {
  /** What a client is told that asks who this is. */
  readonly signature: string
  /** Whether the lines are raised for the client, and everything is put back when it goes; else the caller does so. */
  readonly restores: boolean
  /** Aborts when what a client has left behind is to leave soon, or not at all. */
  readonly hurry: AbortSignal
  /** Resolves when what a client has left behind may leave, where others come first. */
  readonly turn?: () => Promise<void>
  /** Why a client that begins with these bytes is sent away; undefined where it is not. */
  readonly refuses?: (first: Buffer) => string | undefined
  /** Hears that something has come from the client: an answer to {@link Session.ask}, or whatever else. */
  readonly heard?: (what: 'answer' | 'else') => void
}

/** One client of a port, from its coming to its going. */
export class Session {
  /** Resolves when it is over and the port is as it was before. */
  readonly closed: Promise<SerialError | undefined>
  readonly #port: ServedPort
  readonly #socket: Socket
  readonly #options: SessionOptions
  readonly #protocol: Protocol = new Protocol('server')
  readonly #line: Line
  readonly #outlet: Outlet
  readonly #feed: Feed
  /** What the client has said and was not done yet. */
  #events: ProtocolEvent[] = []
  #isWorking = false
  #toWrite = 0
  /** Tries the connection while it is not read for that. */
  #trying: NodeJS.Timeout | undefined
  /** Whoever waits until nothing is left to do. */
  readonly #idle: Waiters = new Waiters()
  /** Ends what is done for the client. */
  readonly #over: AbortController = new AbortController()
  /** Ends the writing of what it has left behind. */
  readonly #givenUp: AbortController = new AbortController()
  #resolveOver: (reason: SerialError | undefined) => void = () => {}
  readonly #forgetPort: () => void

  constructor(port: ServedPort, socket: Socket, options: SessionOptions) {
    this.#port = port
    this.#socket = socket
    this.#options = options
    this.#line = new Line(port)
    this.#outlet = new Outlet(socket, (why) => this.end(this.#refused(why)))
    this.#feed = new Feed({
      port,
      protocol: this.#protocol,
      line: this.#line,
      outlet: this.#outlet,
      over: this.#over.signal,
      failed: (error) => this.#failed(error),
    })
    // Each write that waits listens to it.
    setMaxListeners(0, this.#givenUp.signal)
    const over = new Promise<SerialError | undefined>((resolve) => {
      this.#resolveOver = resolve
    })
    this.closed = over.then((reason) => this.#finish(reason))
    // What a port that has gone had received can still be read, and whoever does comes to the end.
    this.#forgetPort = whenClosed(port, (isGone) => isGone || this.end())
    this.#begin()
  }

  #begin(): void {
    const socket = this.#socket
    socket.setNoDelay(true).setKeepAlive(true, keepAliveDelay)
    socket.on('error', () => this.end())
    socket.on('end', () => this.end())
    socket.on('close', () => this.end())
    socket.on('drain', () => this.#goOn())
    socket.once('data', (first: Buffer) => {
      const why = this.#options.refuses?.(first)
      if (why !== undefined) this.end(this.#refused(why))
    })
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk))
    this.#outlet.send(this.#protocol.begin())
    if (this.#options.restores) void this.#raise()
    void this.#feed.run()
  }

  /** Before anything that the client says. */
  async #raise(): Promise<void> {
    this.#isWorking = true
    await this.#line.raise()
    this.#isWorking = false
    void this.#work()
  }

  /** Asks the client whether it is there, also while it wants no data: that is no answer of the port's. */
  ask(): void {
    if (!this.#over.signal.aborted) this.#socket.write(this.#protocol.ask())
  }

  /** Ends it; a second time, does nothing. */
  end(reason?: SerialError): void {
    if (this.#over.signal.aborted) return
    this.#over.abort()
    this.#endTrying()
    this.#forgetPort()
    this.#resolveOver(reason)
  }

  async #finish(reason: SerialError | undefined): Promise<SerialError | undefined> {
    const port = this.#port
    this.#feed.end()
    const goodbye = farewell(this.#socket)
    await this.#options.turn?.()
    const { baudRate } = port.settings
    const left = { bytes: Math.max(this.#toWrite, port.bytesToWrite), baudRate, hurry: this.#options.hurry }
    await lingering(left, (signal) => this.#leaves(signal)).catch(() => {})
    this.#givenUp.abort()
    if (this.#options.restores) await this.#line.restore()
    await goodbye
    return reason
  }

  /** What the client wrote before it went is still to leave, with the settings that it was written for. */
  async #leaves(signal: AbortSignal): Promise<void> {
    this.#goOn()
    if (!this.#isIdle) await this.#idle.wait(signal)
    if (this.#options.restores) await this.#port.drain?.({ timeout: Infinity, signal })
  }

  #refused(why: string): SerialError {
    const { remoteAddress = 'a client' } = this.#socket
    const message = `${this.#port.path}: ${remoteAddress} can not be served: ${why}`
    return new SerialError('REMOTE', message, { path: this.#port.path })
  }

  #arrived(chunk: Buffer): void {
    if (this.#over.signal.aborted) return
    const events = this.#protocol.receive(chunk)
    if (this.#options.heard !== undefined) this.#tellHeard(events, this.#options.heard)
    this.#events = this.#events.length === 0 ? events : this.#events.concat(events)
    void this.#work()
  }

  #tellHeard(events: readonly ProtocolEvent[], heard: NonNullable<SessionOptions['heard']>): void {
    const answers = events.filter(({ kind }) => kind === 'here').length
    if (answers > 0) heard('answer')
    // Also what is not whole yet.
    if (answers === 0 || answers < events.length) heard('else')
  }

  /** One after the other, so that data behind a setting is sent with it. */
  async #work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    // Replies that follow each other are sent as one: a client can ask for thousands with a few kilobytes.
    let replies: Uint8Array[] = []
    const reply = () => {
      if (replies.length > 0) this.#outlet.send(Buffer.concat(replies))
      replies = []
    }
    for (let next = 0; next < this.#events.length; next++) {
      const event = this.#events[next] as ProtocolEvent
      if (event.kind === 'data') this.#write(event.bytes)
      else if (event.kind === 'reply') replies.push(event.bytes)
      else if (event.kind !== 'here') {
        reply()
        this.#socket.pause()
        if (event.kind === 'message') await this.#patiently(this.#obey(event.message))
        else if (event.option === 'comPort') await this.#agreed()
      }
      if (next % mostTogether === mostTogether - 1) await this.#giveWay()
    }
    reply()
    this.#events = []
    this.#isWorking = false
    this.#goOn()
  }

  /** What takes its time, as long as a client before still goes: this one is told that it is not forgotten. */
  async #patiently(work: Promise<void>): Promise<void> {
    const waiting = setInterval(() => this.ask(), signEvery).unref()
    try {
      await work
    } finally {
      clearInterval(waiting)
    }
  }

  /** A few kilobytes can be thousands of commands, and what is done of them waits for nothing. */
  async #giveWay(): Promise<void> {
    this.#socket.pause()
    await turn()
  }

  get #isIdle(): boolean {
    return !this.#isWorking && this.#toWrite === 0
  }

  /** Something is done, or the client has taken something: reads on, unless there is too much to do already. */
  #goOn(): void {
    if (this.#isIdle) this.#idle.release()
    if (this.#over.signal.aborted) {
      // A port may hold what is to be sent while a break is on.
      if (!this.#isWorking) void this.#line.endBreak()
      return
    }
    this.#feed.tellChanges()
    const isFull = this.#toWrite >= mostToWrite || this.#socket.writableLength >= mostToWrite
    if (isFull) this.#hold()
    else {
      this.#endTrying()
      if (!this.#isWorking) this.#socket.resume()
    }
  }

  /** Reads no more for now. A socket that is not read does not tell of its reset: a write to it does, as it fails. */
  #hold(): void {
    this.#socket.pause()
    if (this.#over.signal.aborted) return
    this.#trying ??= setInterval(() => {
      if (this.#socket.writableLength === 0) this.#socket.write(Uint8Array.of(iac, nop))
    }, tryEvery).unref()
  }

  #endTrying(): void {
    clearInterval(this.#trying)
    this.#trying = undefined
  }

  #write(bytes: Uint8Array): void {
    const cost = bytes.byteLength + writeCost
    this.#toWrite += cost
    if (this.#toWrite >= mostToWrite) this.#hold()
    const done = () => {
      this.#toWrite -= cost
      this.#goOn()
    }
    this.#port
      .write(bytes, { timeout: Infinity, signal: this.#givenUp.signal })
      .then(done, (error: unknown) => {
        this.#failed(error)
        done()
      })
  }

  /** What was purged is no failure; nor is what is written while a device that is looked for is away. */
  #failed(error: unknown): void {
    if (this.#port.isOpen) return
    const isClosed = error instanceof SerialError && error.code === 'PORT_NOT_OPEN'
    this.end(error instanceof SerialError && !isClosed ? error : undefined)
  }

  async #obey({ command, text, value }: Message): Promise<void> {
    switch (command) {
      case 'signature':
        if (text === '') this.#feed.tell('signature', 0, this.#options.signature)
        return
      case 'suspend':
        return this.#outlet.suspend()
      case 'resume':
        return this.#outlet.resume()
      case 'lineStateMask':
        this.#feed.maskErrors(value)
        return this.#feed.tell(command, value)
      case 'modemStateMask':
        this.#feed.maskSignals(value)
        return this.#feed.tell(command, value)
      case 'modemState':
        return this.#feed.tellModemState()
      case 'baudRate':
      case 'dataBits':
      case 'parity':
      case 'stopBits':
      case 'control':
      case 'lineState':
      case 'purge': {
        const answer = await this.#line.answer(command, value)
        if (command === 'purge') this.#feed.skip()
        if (answer !== undefined) this.#feed.tell(command, answer)
      }
    }
  }

  async #agreed(): Promise<void> {
    this.#feed.watch()
    if (!this.#feed.isAgreed) return
    // Once while it is surely there, to see whether it answers at all.
    if (this.#options.heard !== undefined) this.ask()
    await this.#feed.tellModemState()
  }
}
