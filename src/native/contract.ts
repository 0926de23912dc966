import type { PortSettings } from '../settings.ts'
import type { Transport, TransportSync } from '../transport.ts'

/** What each platform's room provides; `unsupported.ts` is the same shape, refusing. */
export interface NativePlatform {
  /**
   * Opens a port of this machine: all that can be refused is refused before the device is touched, and whatever was
   * touched is given back when a later step fails. Where the system takes its time, it rejects with the signal's reason
   * as soon as the signal aborts, and gives back what comes late.
   */
  open(path: string, settings: PortSettings, signal?: AbortSignal): Promise<Transport>

  /** The same, blocking. */
  openSync(path: string, settings: PortSettings): TransportSync

  /** The ports there are, in natural order, without opening any. */
  list(): Promise<PortInfo[]>

  /** The same, blocking. */
  listSync(): PortInfo[]

  /**
   * Whether the system gives this name, when its port is gone, to the next one who asks for such a port: what is found
   * under it then is somebody else's. So it is with pseudo-terminals. Source: pts(4).
   */
  isPassedOn(path: string): boolean

  /**
   * Begins at once to tell of ports that come and go: of which one, or without saying that it is time to look. It may tell
   * of what is no port. It keeps the process alive.
   */
  watchPorts(tell: (hint?: PortHint) => void): PortWatch

  /** Why a port can or can't be opened, one finding after the other; touches nothing. */
  diagnose(path: string): Promise<Finding[]>

  /** Makes two virtual ports that are joined by a cable. */
  createCable(): Promise<Cable>
}

/** One serial port of this machine, as `list()` tells of it. What does not apply is absent. */
export interface PortInfo {
  /** What `open()` takes: `/dev/ttyUSB0`, `COM3`. */
  readonly path: string
  /** What the port hangs on. */
  readonly kind: 'usb' | 'pci' | 'platform' | 'bluetooth' | 'gadget' | 'virtual' | 'unknown'
  /** The system's driver: `ftdi_sio`, on Windows `FTSER2K`. */
  readonly driver?: string
  /** USB vendor id, four lower-case hex digits. */
  readonly vendorId?: string
  /** USB product id, four lower-case hex digits. */
  readonly productId?: string
  readonly serialNumber?: string
  readonly manufacturer?: string
  readonly product?: string
  /** USB interface number on a device with several ports, two hex digits. */
  readonly interface?: string
  /** Where it is plugged in, such as `1-1.4`, on Windows a path: stays the same when the same socket is used again. */
  readonly location?: string
  /**
   * A path for `open()` that follows the device, not the order of plugging: its link in `/dev/serial/by-id`, on Windows the
   * path of its device interface.
   */
  readonly stablePath?: string
}

/** That a port has come or gone. */
export interface PortHint {
  readonly action: 'added' | 'removed'
  readonly path: string
  /** What a listing would say of it, where that is known already. */
  readonly port?: PortInfo
}

/** Something that tells of ports until it is closed. */
export interface PortWatch {
  close(): void
}

/** One thing that `diagnose` looked at. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem'
  /** What was looked at, in a word: `permission`. */
  readonly topic: string
  /** What was found. */
  readonly message: string
  /** What to do about it. */
  readonly advice?: string
}

/** Two pseudo-terminals, joined like two serial ports by a null-modem cable. */
export interface Cable {
  /** The paths of the ends, for `open()`. */
  readonly a: string
  readonly b: string
  /** Takes both ends away: whoever has one open sees its device go. */
  close(): Promise<void>
}
