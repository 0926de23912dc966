// What is to be expected of each chip with the driver that the kernel has for it.
import type { LineErrorKind, PortInfo } from '../../src/index.ts'
import type { ChipName } from './usb-rig.ts'

export interface Profile {
  /** What `list()` says, but for the path and the location. */
  readonly facts: Omit<PortInfo, 'path' | 'location' | 'kind' | 'stablePath'>
  /** Input lines that it has. A board without a line says that it may always send. */
  readonly inputs: readonly ('cts' | 'dsr' | 'dcd' | 'ri')[]
  /** The driver counts how often these change; undefined: it counts nothing at all. */
  readonly counted: readonly ('cts' | 'dsr' | 'dcd' | 'ri')[] | undefined
  /** What the driver tells of errors, and how: it may not tell them apart, or not at all. */
  readonly errors: Readonly<Partial<Record<LineErrorKind, LineErrorKind>>>
  /** Rates that it takes. */
  readonly rates: readonly number[]
  /** Rates that it does not take, and what it would make of them. */
  readonly refused: Readonly<Record<number, number>>
  readonly dataBits: readonly (5 | 6 | 7 | 8)[]
  /** There is a line behind it on which characters take their time. */
  readonly hasLine: boolean
  /** How many control requests the pulse lasts that opening makes of lines which are to be off. */
  readonly pulse: number
  /** How much is exchanged (bytes). The smaller the transfers of a chip, the more it costs to emulate them. */
  readonly amount: number
}

const common = [300, 1200, 9600, 19_200, 57_600, 115_200, 230_400, 460_800, 921_600]
const all = ['cts', 'dsr', 'dcd', 'ri'] as const
const megabyte = 1024 * 1024
/** Emulation is slow, and this takes a minute: `BAUD_TEST_THOROUGH=1` has every chip exchange a megabyte. */
const everything = process.env['BAUD_TEST_THOROUGH'] !== undefined

export const profiles: Readonly<Record<ChipName, Profile>> = {
  ft232r: {
    facts: {
      driver: 'ftdi_sio',
      vendorId: '0403',
      productId: '6001',
      serialNumber: 'A50285BI',
      manufacturer: 'FTDI',
      product: 'FT232R USB UART',
      interface: '00',
    },
    inputs: all,
    counted: all,
    errors: { parity: 'parity', framing: 'framing', overrun: 'overrun', break: 'break' },
    rates: [...common, 12_345, 31_250, 74_880, 250_000, 1_000_000, 2_000_000, 3_000_000],
    refused: { 50: 277, 2_500_000: 3_000_000, 12_000_000: 9600 },
    dataBits: [7, 8],
    hasLine: true,
    pulse: 4,
    amount: megabyte,
  },
  cp2102: {
    facts: {
      driver: 'cp210x',
      vendorId: '10c4',
      productId: 'ea60',
      serialNumber: '0001',
      manufacturer: 'Silicon Labs',
      product: 'CP2102 USB to UART Bridge Controller',
      interface: '00',
    },
    inputs: all,
    counted: [],
    errors: { parity: 'parity', framing: 'framing', overrun: 'overrun', break: 'break' },
    rates: [...common, 250_000, 1_000_000],
    refused: { 50: 300, 12_345: 14_400, 31_250: 38_400, 3_000_000: 1_000_000 },
    dataBits: [5, 6, 7, 8],
    hasLine: true,
    pulse: 3,
    amount: everything ? megabyte : megabyte / 16,
  },
  ch340: {
    facts: {
      driver: 'ch341-uart',
      vendorId: '1a86',
      productId: '7523',
      product: 'USB Serial',
      interface: '00',
    },
    inputs: all,
    counted: undefined,
    errors: {},
    rates: [...common, 50, 12_345, 31_250, 74_880, 250_000, 1_000_000, 2_000_000, 3_000_000],
    refused: { 12_000_000: 3_000_000 },
    dataBits: [5, 6, 7, 8],
    hasLine: true,
    pulse: 3,
    amount: everything ? megabyte : megabyte / 32,
  },
  pl2303: {
    facts: {
      driver: 'pl2303',
      vendorId: '067b',
      productId: '2303',
      manufacturer: 'Prolific Technology Inc.',
      product: 'USB-Serial Controller',
      interface: '00',
    },
    inputs: all,
    counted: undefined,
    errors: { parity: 'parity', framing: 'parity', break: 'break' },
    rates: [...common, 50, 12_345, 31_250, 74_880, 250_000, 1_000_000, 3_000_000, 6_000_000],
    refused: { 12_000_000: 6_000_000 },
    dataBits: [5, 6, 7, 8],
    hasLine: true,
    pulse: 3,
    amount: everything ? megabyte : megabyte / 16,
  },
  'cdc-acm': {
    facts: {
      driver: 'cdc_acm',
      vendorId: '2341',
      productId: '0043',
      serialNumber: '85430353',
      manufacturer: 'Boards & Co.',
      product: 'Serial board',
      interface: '00',
    },
    inputs: ['dsr', 'dcd', 'ri'],
    counted: ['dsr', 'dcd'],
    errors: { overrun: 'overrun', break: 'break' },
    rates: [...common, 50, 12_345, 74_880, 3_000_000, 12_000_000],
    refused: {},
    dataBits: [5, 6, 7, 8],
    hasLine: false,
    pulse: 3,
    amount: megabyte,
  },
}

export const chipNames: readonly ChipName[] = Object.keys(profiles) as ChipName[]
