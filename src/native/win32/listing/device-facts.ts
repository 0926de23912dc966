/** What Windows says of a device. What it does not say is absent. */
export interface DeviceFacts {
  /** Names the device in the device tree, also when it is not there: `USB\VID_0403&PID_6001\A50285BI`. */
  readonly instanceId: string
  /** The instance id of what it hangs on. */
  readonly parent?: string | undefined
  /** Whether it is plugged in. */
  readonly present: boolean
  /** Why it does not work, as the Device Manager numbers the reasons; 0 when it does. */
  readonly problem: number
  /** What its driver calls it, in the user's language: `USB Serial Port`. */
  readonly description?: string | undefined
  /** What it calls itself on its bus: `FT232R USB UART`. */
  readonly reported?: string | undefined
  /** Who made its driver. */
  readonly manufacturer?: string | undefined
  /** Its driver: `FTSER2K`. */
  readonly service?: string | undefined
  /** Where it is plugged in, counted from the root of the device tree: `PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(2)`. */
  readonly locationPath?: string | undefined
  /** Where it is plugged in, as its bus says it: `Port_#0002.Hub_#0001`. */
  readonly location?: string | undefined
}

/** A device that says it is a port. */
export interface PortDevice extends DeviceFacts {
  /** `COM5`. */
  readonly portName: string
  /** The path of its device interface, which follows the device: `\\?\usb#vid_0403&pid_6001#a50285bi#{86e0d1e0-…}`. */
  readonly interfacePath?: string | undefined
  /** What it hangs on, as far as that tells what it is; the nearest first. */
  readonly ancestors: readonly DeviceFacts[]
}
