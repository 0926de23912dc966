/**
 * The ioctl requests of a terminal. A number holds the direction, the size of the argument (`speed_t` has 8 bytes), a
 * group and an index. Source: sys/ttycom.h, sys/filio.h and sys/ioccom.h of macOS; IOKit/serial/ioss.h.
 */
export const requests = {
  TIOCEXCL: 0x2000740d,
  TIOCNXCL: 0x2000740e,
  TIOCFLUSH: 0x80047410,
  TIOCPTYUNLK: 0x20007452,
  TIOCPTYGNAME: 0x40807453,
  TIOCPTYGRANT: 0x20007454,
  TIOCMGET: 0x4004746a,
  TIOCMBIC: 0x8004746b,
  TIOCMBIS: 0x8004746c,
  TIOCMSET: 0x8004746d,
  TIOCSTART: 0x2000746e,
  TIOCSTOP: 0x2000746f,
  TIOCOUTQ: 0x40047473,
  TIOCCBRK: 0x2000747a,
  TIOCSBRK: 0x2000747b,
  FIONREAD: 0x4004667f,
  IOSSDATALAT: 0x80085400,
  IOSSIOSPEED: 0x80085402,
} as const

/** Bytes that TIOCPTYGNAME fills in. */
export const ptyNameSize = 128
