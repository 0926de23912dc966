// A request and its reply, framed by length and checked by CRC: reading a register over Modbus RTU.
import { open } from 'baud'
import { createPair } from 'baud/virtual'

function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}

function frame(...body: number[]): Uint8Array {
  const crc = crc16(Uint8Array.from(body))
  return Uint8Array.of(...body, crc & 0xff, crc >> 8)
}

await using pair = await createPair()
await using meter = await open(pair.b)
await using bus = await open(pair.a, { baudRate: 19200, parity: 'even' })

// The meter answers "register 0 is 230" to the eight bytes of a request.
void meter.readExactly(8).then(() => meter.write(frame(1, 3, 2, 0, 230)))

await bus.write(frame(1, 3, 0, 0, 0, 1))
const head = await bus.readExactly(3, { timeout: 500 })
const rest = await bus.readExactly((head[2] ?? 0) + 2, { timeout: 500 })
const reply = Buffer.concat([head, rest])
console.log(crc16(reply) === 0 ? reply.readUInt16BE(3) : 'damaged') // 230
