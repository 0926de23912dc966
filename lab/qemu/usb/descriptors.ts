/** What a USB device says of itself. Source: Universal Serial Bus Specification 2.0, 9.6. */
export interface Identity {
  readonly vendorId: number
  readonly productId: number
  /** The USB version that it follows, and its own release, as binary-coded decimals. */
  readonly usb: number
  readonly release: number
  readonly deviceClass?: number
  readonly manufacturer?: string | undefined
  readonly product?: string | undefined
  readonly serialNumber?: string | undefined
}

export interface Endpoint {
  /** The number, and 0x80 for input. */
  readonly address: number
  readonly kind: 'bulk' | 'interrupt'
  readonly packetSize: number
}

export interface Interface {
  readonly interfaceClass: number
  readonly subclass?: number
  readonly protocol?: number
  /** Descriptors of its class, which come before those of its endpoints. */
  readonly more?: readonly number[]
  readonly endpoints: readonly Endpoint[]
}

const types = { device: 1, configuration: 2, string: 3 } as const
const english = 0x0409

const word = (value: number) => [value & 0xff, value >> 8]

/** Answers GET_DESCRIPTOR; undefined for what there is not. */
export function descriptor(
  value: number,
  identity: Identity,
  interfaces: readonly Interface[],
): Uint8Array | undefined {
  const [type, index] = [value >> 8, value & 0xff]
  if (type === types.device) return deviceDescriptor(identity)
  if (type === types.configuration) return configurationDescriptor(interfaces)
  if (type === types.string) return stringDescriptor(index, identity)
  return undefined
}

function deviceDescriptor({ deviceClass = 0, ...identity }: Identity): Uint8Array {
  const strings = stringsOf(identity).map((text, at) => (text === undefined ? 0 : at + 1))
  const rows = [
    [18, types.device, ...word(identity.usb)],
    [deviceClass, 0, 0, 64],
    [...word(identity.vendorId), ...word(identity.productId), ...word(identity.release)],
    [...strings, 1],
  ]
  return Uint8Array.from(rows.flat())
}

function stringsOf({ manufacturer, product, serialNumber }: Identity): readonly (string | undefined)[] {
  return [manufacturer, product, serialNumber]
}

function configurationDescriptor(interfaces: readonly Interface[]): Uint8Array {
  const body = interfaces.flatMap((one, number) => [
    ...interfaceDescriptor(one, number),
    ...(one.more ?? []),
    ...one.endpoints.flatMap(endpointDescriptor),
  ])
  const head = [9, types.configuration, ...word(9 + body.length), interfaces.length, 1, 0, 0x80, 50]
  return Uint8Array.from([...head, ...body])
}

function interfaceDescriptor(one: Interface, number: number): number[] {
  const { endpoints, interfaceClass, protocol = 0, subclass = 0 } = one
  return [9, 4, number, 0, endpoints.length, interfaceClass, subclass, protocol, 0]
}

function endpointDescriptor({ address, kind, packetSize }: Endpoint): number[] {
  return [7, 5, address, kind === 'bulk' ? 2 : 3, ...word(packetSize), kind === 'bulk' ? 0 : 1]
}

function stringDescriptor(index: number, identity: Identity): Uint8Array | undefined {
  if (index === 0) return Uint8Array.from([4, types.string, ...word(english)])
  const text = stringsOf(identity)[index - 1]
  if (text === undefined) return undefined
  const encoded = Buffer.from(text, 'utf16le')
  return Uint8Array.from([2 + encoded.length, types.string, ...encoded])
}
