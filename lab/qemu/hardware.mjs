// The kinds of hardware that a guest can have. One more kind is one more entry here:
//   devices(folder)  what QEMU adds to the machine, in pairs of arguments; sockets go into the folder
//   setup            what the guest does about it: lines of a shell with busybox's programs. `modprobe` finds the
//                    drivers named in image.mjs, and $BUILT holds what was built here
export const hardware = {
  // ttyNM0 and ttyNM1, ttyNM2 and ttyNM3: null-modem cables; see nmuart/nmuart.c.
  nm: {
    devices: () => [],
    setup: 'insmod "/host$BUILT/nmuart.ko" pairs=2',
  },
  // The kernel's 8250 driver on QEMU's 16550A: ttyS4 and ttyS5 exchange bytes, ttyS6 is for TIOCM_LOOP. Without a
  // pace, breaks or line errors.
  8250: {
    devices: (folder) => [
      ['-chardev', `socket,id=s4,path=${folder}/s4,server=on,wait=off`],
      ['-chardev', `socket,id=s5,path=${folder}/s4`],
      ['-chardev', 'null,id=s6'],
      ['-device', 'pci-serial-2x,chardev1=s4,chardev2=s5'],
      ['-device', 'pci-serial,chardev=s6'],
    ],
    setup: '',
  },
  // A USB host controller whose devices are programs, played by usb/rig.ts: adapters with the kernel's own drivers.
  usb: {
    devices: () => [],
    setup: 'modprobe -a vhci-hcd ftdi_sio cp210x ch341 pl2303 cdc-acm',
  },
}
