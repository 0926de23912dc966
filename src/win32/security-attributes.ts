/**
 * `SECURITY_ATTRIBUTES`: whether child processes inherit a handle. The security descriptor is always the default one.
 */
export class PySECURITY_ATTRIBUTES {
  /** Children that inherit handles get this one. */
  bInheritHandle: boolean | number = 0

  /** The structure's 24 bytes. Source: Microsoft Learn, "SECURITY_ATTRIBUTES structure (wtypesbase.h)". */
  encode(): Uint8Array {
    const bytes = new Uint8Array(new ArrayBuffer(24))
    const view = new DataView(bytes.buffer)
    view.setUint32(0, bytes.byteLength, true)
    view.setUint32(16, this.bInheritHandle ? 1 : 0, true)
    return bytes
  }
}
