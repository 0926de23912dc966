/** What a reason of the Device Manager's means, and what to do. */
export interface Problem {
  readonly message: string
  readonly advice: string
}

const again = 'unplug it and plug it in again'
const newDriver = "install the driver of the device's maker anew"

/** Source: Microsoft Learn, "Device Manager Error Messages". The reasons that ports are known to meet. */
const problems: Readonly<Record<number, readonly [message: string, advice: string]>> = {
  1: ['it is not set up completely', newDriver],
  3: ['its driver may be damaged', newDriver],
  10: [
    'its driver could not start it',
    `${again}; if it stays so, another version of the driver may do: some refuse chips that are copies`,
  ],
  14: ['it starts to work with the next start of the computer', 'start the computer anew'],
  18: ['its driver must be installed anew', newDriver],
  22: ['it is switched off', 'enable it in the Device Manager'],
  24: ['it is not there, or not working', again],
  28: ['no driver is installed for it', "install the driver of the device's maker"],
  31: ['its driver could not be loaded', newDriver],
  32: ['its driver is switched off', newDriver],
  37: ['its driver could not be started', newDriver],
  39: ['its driver is damaged or missing', newDriver],
  43: ['it has reported a failure', again],
  47: ['it was made ready to be unplugged', again],
  48: ['its driver is known to do harm and was blocked', 'look for a newer driver'],
  52: ["its driver's signature could not be checked", 'look for a newer driver'],
}

/** A reason by its number. */
export function problemOf(code: number): Problem {
  const [message, advice] = problems[code] ?? [
    'Windows has stopped it',
    'the Device Manager says why, in the properties of the device',
  ]
  return { message: `${message} (code ${code} of the Device Manager)`, advice }
}
