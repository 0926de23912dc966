import { escape, iac, options, sb, se } from './telnet.ts'

/** Who speaks: the client asks, the access server answers and tells. */
export type Role = 'client' | 'server'

/** The commands; the server's have 100 more. Source: RFC 2217, sections 2 to 5. */
const codes = {
  signature: 0,
  baudRate: 1,
  dataBits: 2,
  parity: 3,
  stopBits: 4,
  control: 5,
  lineState: 6,
  modemState: 7,
  suspend: 8,
  resume: 9,
  lineStateMask: 10,
  modemStateMask: 11,
  purge: 12,
} as const
export type Command = keyof typeof codes

const commands = Object.keys(codes) as readonly Command[]

/** One message of the COM-PORT-OPTION. */
export interface Message {
  readonly command: Command
  /** 0 is a question, where the command is a setting; 0 where there is nothing to say. */
  readonly value: number
  /** Of a signature; the empty one is a question. */
  readonly text: string
}

const base: Readonly<Record<Role, number>> = { client: 0, server: 100 }

/** Bytes of a value. */
function sizeOf(command: Command): number {
  if (command === 'baudRate') return 4
  return ['signature', 'suspend', 'resume'].includes(command) ? 0 : 1
}

/** Bytes that must be there: pySerial's client asks for states without a value. */
function leastOf(command: Command, sender: Role): number {
  const asks = sender === 'client' && (command === 'lineState' || command === 'modemState')
  return asks ? 0 : sizeOf(command)
}

/** A message as it stands on the connection. */
export function encode(sender: Role, command: Command, value = 0, text = ''): Uint8Array {
  const bytes = Buffer.alloc(sizeOf(command))
  if (bytes.byteLength > 0) bytes.writeUIntBE(value, 0, bytes.byteLength)
  const body = escape(command === 'signature' ? Buffer.from(text, 'latin1') : bytes)
  return Uint8Array.of(iac, sb, options.comPort, base[sender] + codes[command], ...body, iac, se)
}

/** What a sub-negotiation says; undefined where it is too short, or says nothing that its sender may say. */
export function decode(sender: Role, body: Uint8Array): Message | undefined {
  const [code = -1] = body
  const command = commands[code - base[sender]]
  const rest = Buffer.from(body.buffer, body.byteOffset, body.byteLength).subarray(1)
  if (command === undefined || rest.byteLength < leastOf(command, sender)) return undefined
  if (command === 'signature') return { command, value: 0, text: rest.toString('latin1') }
  // More than there should be does no harm: sredird sends eight bytes of a baud rate, of which the first four are it.
  const size = Math.min(sizeOf(command), rest.byteLength)
  return { command, value: size === 0 ? 0 : rest.readUIntBE(0, size), text: '' }
}
