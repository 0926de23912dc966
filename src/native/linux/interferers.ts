import { basename } from 'node:path'
import type { Finding, PortInfo } from '../contract.ts'
import { argumentsOf, processesNamed } from './holders.ts'
import { namesIn, textOf } from './places.ts'
import type { Places } from './places.ts'
import { nearestWith } from './sysfs.ts'
import type { KernelTty } from './sysfs.ts'

/** Programs and settings that get in the way of whoever uses this port, or did. */
export function interferers(
  name: string,
  tty: KernelTty | undefined,
  port: PortInfo | undefined,
  places: Places,
): Finding[] {
  return [
    ...console(name, places),
    ...loginPrompt(name, places),
    ...lockFile(name, places),
    ...(tty === undefined || port === undefined ? [] : modemManager(tty, port, places)),
    ...(port === undefined ? [] : braille(port, places)),
  ]
}

/** Source: Linux, Documentation/admin-guide/serial-console.rst; proc(5), /proc/consoles. */
function console(name: string, { proc, sys }: Places): Finding[] {
  const active = textOf(`${sys}/class/tty/console/active`)?.split(' ') ?? []
  const registered = textOf(`${proc}/consoles`)?.split('\n') ?? []
  const names = [...active, ...registered.map((line) => line.split(/\s/, 1)[0])]
  if (!names.includes(name)) return []
  return [
    {
      level: 'warning',
      topic: 'console',
      message: 'the kernel writes its messages to this port',
      advice: `take console=${name} off the kernel's command line`,
    },
  ]
}

const prompts = ['agetty', 'getty', 'mgetty', 'mingetty', 'fgetty']

/** A getty may be looked at by anybody, unlike the files that it has open. */
function loginPrompt(name: string, { proc }: Places): Finding[] {
  const prompt = processesNamed(prompts, proc).find(({ pid }) => {
    return argumentsOf(pid, proc).some((word) => word.replace('/dev/', '') === name)
  })
  if (prompt === undefined) return []
  return [
    {
      level: 'problem',
      topic: 'login-prompt',
      message: `${prompt.command} (${prompt.pid}) asks for a login on this port, and reads what arrives`,
      advice: `stop it, where systemd runs it with "sudo systemctl disable --now serial-getty@${name}.service"`,
    },
  ]
}

/** Source: Filesystem Hierarchy Standard 3.0, 5.9: ten characters of a process number in decimal. */
function lockFile(name: string, { locks, proc }: Places): Finding[] {
  const file = `${locks}/LCK..${basename(name)}`
  const pid = textOf(file)?.split(/\s/, 1)[0]
  if (pid === undefined) return []
  const command = /^\d+$/.test(pid) ? textOf(`${proc}/${pid}/comm`) : undefined
  const topic = 'lock-file'
  if (command === undefined) {
    const message = `${file} is there, but the process that it names (${pid}) is gone`
    return [
      { level: 'warning', topic, message, advice: `delete it: some programs would take the port for busy` },
    ]
  }
  const message = `${command} (${pid}) claims the port by ${file}`
  return [
    {
      level: 'warning',
      topic,
      message,
      advice: 'end that program first; baud itself does not heed such files',
    },
  ]
}

/** Source: ModemManager, reference manual, "Modem filter" and "Common udev tags". */
function modemManager(tty: KernelTty, port: PortInfo, places: Places): Finding[] {
  if (!/^tty(USB|ACM)/.test(tty.name) || processesNamed(['ModemManager'], places.proc).length === 0) return []
  if (isIgnored(tty, places)) return []
  const match = `ATTRS{idVendor}=="${port.vendorId}", ATTRS{idProduct}=="${port.productId}"`
  return [
    {
      level: 'warning',
      topic: 'modem-manager',
      message:
        'ModemManager runs here: it may open a port that was just plugged in, and talk to it for up to 30 s',
      advice: `tell it not to, with ${match}, ENV{ID_MM_DEVICE_IGNORE}="1" in /etc/udev/rules.d/99-no-modem.rules`,
    },
  ]
}

/** Whether udev has been told to keep ModemManager away, of the port or of the device that it is part of. */
function isIgnored(tty: KernelTty, { udev }: Places): boolean {
  const device = tty.device === undefined ? undefined : nearestWith('idVendor', tty.device)
  return [tty.folder, device].some((folder) => {
    const number = folder === undefined ? undefined : textOf(`${folder}/dev`)
    const notes = number === undefined ? undefined : textOf(`${udev}/c${number}`)
    return /^E:ID_MM_(DEVICE|PORT)_IGNORE=1$/m.test(notes ?? '')
  })
}

/** Adapters that brltty takes for Braille displays. Source: brltty, Autostart/Udev, its rules for 1a86:7523 and 10c4:ea60. */
const takenForBraille: Readonly<Record<string, string>> = { '1a86:7523': 'CH340', '10c4:ea60': 'CP210x' }

const brailleAdvice =
  'unless there is a Braille display, remove the package brltty, then plug the adapter in again'

function braille(port: PortInfo, { proc }: Places): Finding[] {
  const chip = takenForBraille[`${port.vendorId}:${port.productId}`]
  if (chip === undefined || processesNamed(['brltty'], proc).length === 0) return []
  const message = `brltty runs here, and takes ${chip} adapters for Braille displays: the port may vanish at any moment`
  return [{ level: 'warning', topic: 'brltty', message, advice: brailleAdvice }]
}

/** Why there may be no port although the adapter is plugged in. */
export function thieves({ proc, sys }: Places): Finding[] {
  if (processesNamed(['brltty'], proc).length === 0) return []
  const devices = `${sys}/bus/usb/devices`
  return namesIn(devices).flatMap((name) => {
    const id = `${textOf(`${devices}/${name}/idVendor`)}:${textOf(`${devices}/${name}/idProduct`)}`
    const chip = takenForBraille[id]
    if (chip === undefined) return []
    const message = `a ${chip} adapter (${id}) is plugged in at ${name}, and brltty may have taken it for a Braille display`
    return [{ level: 'problem', topic: 'brltty', message, advice: brailleAdvice }]
  })
}
