import type { LineSettings, PortSettings } from '../../settings.ts'
import * as c from './constants.ts'
import { decode, encode } from './struct.ts'
import type { Members } from './struct.ts'

/** `DCB`, 28 bytes: how a port is set. Source: Microsoft Learn, "DCB structure (winbase.h)". */
export const dcbLayout = {
  DCBlength: [0, 4],
  BaudRate: [4, 4],
  fBinary: [8, 4, 0, 1],
  fParity: [8, 4, 1, 1],
  fOutxCtsFlow: [8, 4, 2, 1],
  fOutxDsrFlow: [8, 4, 3, 1],
  fDtrControl: [8, 4, 4, 2],
  fDsrSensitivity: [8, 4, 6, 1],
  fTXContinueOnXoff: [8, 4, 7, 1],
  fOutX: [8, 4, 8, 1],
  fInX: [8, 4, 9, 1],
  fErrorChar: [8, 4, 10, 1],
  fNull: [8, 4, 11, 1],
  fRtsControl: [8, 4, 12, 2],
  fAbortOnError: [8, 4, 14, 1],
  fDummy2: [8, 4, 15, 17],
  wReserved: [12, 2],
  XonLim: [14, 2],
  XoffLim: [16, 2],
  ByteSize: [18, 1],
  Parity: [19, 1],
  StopBits: [20, 1],
  XonChar: [21, 1],
  XoffChar: [22, 1],
  ErrorChar: [23, 1],
  EofChar: [24, 1],
  EvtChar: [25, 1],
  wReserved1: [26, 2],
} as const

export const dcbSize = 28

export type Dcb = Members<typeof dcbLayout>

/** `COMSTAT`, 12 bytes. Source: "COMSTAT structure (winbase.h)". */
export const comstatLayout = {
  fCtsHold: [0, 4, 0, 1],
  fDsrHold: [0, 4, 1, 1],
  fRlsdHold: [0, 4, 2, 1],
  fXoffHold: [0, 4, 3, 1],
  fXoffSent: [0, 4, 4, 1],
  fEof: [0, 4, 5, 1],
  fTxim: [0, 4, 6, 1],
  fReserved: [0, 4, 7, 25],
  cbInQue: [4, 4],
  cbOutQue: [8, 4],
} as const

export const comstatSize = 12

/** `COMMTIMEOUTS`, 20 bytes: milliseconds. Source: "COMMTIMEOUTS structure (winbase.h)". */
export const timeoutsLayout = {
  ReadIntervalTimeout: [0, 4],
  ReadTotalTimeoutMultiplier: [4, 4],
  ReadTotalTimeoutConstant: [8, 4],
  WriteTotalTimeoutMultiplier: [12, 4],
  WriteTotalTimeoutConstant: [16, 4],
} as const

export const timeoutsSize = 20

/** `COMMPROP`, 64 bytes: what a driver can do. Source: "COMMPROP structure (winbase.h)". */
export const commpropLayout = {
  wPacketLength: [0, 2],
  wPacketVersion: [2, 2],
  dwServiceMask: [4, 4],
  dwReserved1: [8, 4],
  dwMaxTxQueue: [12, 4],
  dwMaxRxQueue: [16, 4],
  dwMaxBaud: [20, 4],
  dwProvSubType: [24, 4],
  dwProvCapabilities: [28, 4],
  dwSettableParams: [32, 4],
  dwSettableBaud: [36, 4],
  wSettableData: [40, 2],
  wSettableStopParity: [42, 2],
  dwCurrentTxQueue: [44, 4],
  dwCurrentRxQueue: [48, 4],
  dwProvSpec1: [52, 4],
  dwProvSpec2: [56, 4],
} as const

export const commpropSize = 64

const parities: Readonly<Record<LineSettings['parity'], number>> = {
  none: c.NOPARITY,
  odd: c.ODDPARITY,
  even: c.EVENPARITY,
  mark: c.MARKPARITY,
  space: c.SPACEPARITY,
}

const stopBits: Readonly<Record<LineSettings['stopBits'], number>> = {
  1: c.ONESTOPBIT,
  1.5: c.ONE5STOPBITS,
  2: c.TWOSTOPBITS,
}

/** What must stay free in a receive queue when the sender is told to stop, in characters. */
const margin = 64

/**
 * The DCB for these settings. Every field is set here: limits, characters or half a stop bit left by somebody else make
 * `SetCommState` fail with error 87, and some drivers crash on them.
 *
 * @param dtr - the level of DTR where no flow control has it, @param rts - that of RTS
 */
export function encodeDcb(settings: PortSettings, dtr: boolean, rts: boolean): Uint8Array {
  const { baudRate, dataBits, flowControl, parity } = settings
  const software = flowControl === 'software' ? 1 : 0
  const bytes = new Uint8Array(new ArrayBuffer(dcbSize))
  encode(dcbLayout, bytes, {
    DCBlength: dcbSize,
    BaudRate: baudRate,
    // Windows has no other mode.
    fBinary: 1,
    fParity: parity === 'none' ? 0 : 1,
    fOutxCtsFlow: flowControl === 'hardware' ? 1 : 0,
    fOutxDsrFlow: flowControl === 'dsr-dtr' ? 1 : 0,
    fDtrControl: control(dtr, flowControl === 'dsr-dtr'),
    fRtsControl: control(rts, flowControl === 'hardware'),
    fTXContinueOnXoff: software,
    fOutX: software,
    fInX: software,
    XonLim: margin,
    XoffLim: margin,
    ByteSize: dataBits,
    Parity: parities[parity],
    StopBits: stopBits[settings.stopBits],
    XonChar: 0x11,
    XoffChar: 0x13,
  })
  return bytes
}

/** DTR_CONTROL_* and RTS_CONTROL_* have the same numbers. */
function control(level: boolean, handshake: boolean): number {
  if (handshake) return c.DTR_CONTROL_HANDSHAKE
  return level ? c.DTR_CONTROL_ENABLE : c.DTR_CONTROL_DISABLE
}

/**
 * Which line setting the driver did not take, by comparing what was set with what it then says. Flow control is taken on
 * trust: a driver that can't do it fails `SetCommState`, and Wine does not report what it was asked for.
 */
export function refusedSetting(asked: Uint8Array, taken: Uint8Array): keyof LineSettings | undefined {
  const [want, has] = [decode(dcbLayout, asked), decode(dcbLayout, taken)]
  if (want.ByteSize !== has.ByteSize) return 'dataBits'
  if (want.Parity !== has.Parity) return 'parity'
  if (want.StopBits !== has.StopBits) return 'stopBits'
  if (Math.abs(want.BaudRate - has.BaudRate) > want.BaudRate * 0.025) return 'baudRate'
  return undefined
}
