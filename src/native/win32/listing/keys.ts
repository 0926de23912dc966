/** The 16 bytes of a GUID: its first three groups are numbers, low byte first. Source: Microsoft Learn, "GUID structure (guiddef.h)". */
export function guid(text: string): Uint8Array {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  return bytes
}

/** Source: Microsoft Learn, "DEVPROPKEY structure": a GUID and a number. */
function propertyKey(format: string, id: number): Uint8Array {
  const bytes = Buffer.alloc(20)
  bytes.set(guid(format))
  bytes.writeUInt32LE(id, 16)
  return bytes
}

/** Source: Microsoft Learn, "System-Defined Device Setup Classes Available to Vendors": Ports, Modem, MultiportSerial. */
export const portClasses: readonly Uint8Array[] = [
  guid('4d36e978-e325-11ce-bfc1-08002be10318'),
  guid('4d36e96d-e325-11ce-bfc1-08002be10318'),
  guid('50906cb8-ba12-11d1-bf5d-0000f805f530'),
]

/** Source: Microsoft Learn, "GUID_DEVINTERFACE_COMPORT", "GUID_DEVINTERFACE_MODEM". */
export const portInterfaces: readonly Uint8Array[] = [
  guid('86e0d1e0-8089-11d0-9ce4-08003e301f73'),
  guid('2c7089aa-2e0e-11d1-b114-00c04fc2aae4'),
]

/** Source: Microsoft Learn, the pages of these names; the numbers are those of devpkey.h. */
export const DEVPKEY_Device_BusReportedDeviceDesc: Uint8Array = propertyKey(
  '540b947e-8b40-45bc-a8a2-6a0b894cbda2',
  4,
)
export const DEVPKEY_Device_IsPresent: Uint8Array = propertyKey('540b947e-8b40-45bc-a8a2-6a0b894cbda2', 5)
export const DEVPKEY_Device_ProblemCode: Uint8Array = propertyKey('4340a6c5-93fa-4706-972c-7b648008a5a7', 3)
export const DEVPKEY_Device_Parent: Uint8Array = propertyKey('4340a6c5-93fa-4706-972c-7b648008a5a7', 8)
export const DEVPKEY_Device_LocationPaths: Uint8Array = propertyKey(
  'a45c254e-df1c-4efd-8020-67d146a850e0',
  37,
)

/** Source: Microsoft Learn, "SetupDiGetDeviceRegistryPropertyW function (setupapi.h)"; the numbers are those of setupapi.h. */
export const SPDRP_DEVICEDESC = 0x0
export const SPDRP_SERVICE = 0x4
export const SPDRP_MFG = 0xb
export const SPDRP_LOCATION_INFORMATION = 0xd
