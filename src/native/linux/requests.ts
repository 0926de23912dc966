/**
 * The ioctl requests of a terminal, as asm-generic/ioctls.h numbers them for x86, ARM, RISC-V, LoongArch and s390.
 * PowerPC, MIPS, SPARC, Alpha and PA-RISC have numbers of their own. Source: ioctl_tty(2), include/uapi/asm-generic.
 */
export const requests = {
  TCXONC: 0x540a,
  TCFLSH: 0x540b,
  TIOCEXCL: 0x540c,
  TIOCNXCL: 0x540d,
  TIOCOUTQ: 0x5411,
  TIOCMGET: 0x5415,
  TIOCMBIS: 0x5416,
  TIOCMBIC: 0x5417,
  TIOCMSET: 0x5418,
  FIONREAD: 0x541b,
  TIOCGSERIAL: 0x541e,
  TIOCSSERIAL: 0x541f,
  TIOCSBRK: 0x5427,
  TIOCCBRK: 0x5428,
  TCGETS2: 0x802c542a,
  TCSETS2: 0x402c542b,
  TIOCGRS485: 0x542e,
  TIOCSRS485: 0x542f,
  TIOCGPTN: 0x80045430,
  TIOCSPTLCK: 0x40045431,
  TIOCSERGETLSR: 0x5459,
  TIOCGICOUNT: 0x545d,
} as const

/** The processors whose Linux has these numbers, as Node names them. */
export const architectures: readonly string[] = ['x64', 'ia32', 'arm64', 'arm', 'riscv64', 'loong64', 's390x']
