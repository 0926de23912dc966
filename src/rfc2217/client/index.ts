import { withoutToken } from '../../errors.ts'
import { present, readParameters, seconds } from '../../parameters.ts'
import type { Room } from '../../room.ts'
import { checkSettings, placeOf, securityOf, securityParameters } from '../../tcp/index.ts'
import type { PortUrl } from '../../url.ts'
import { Rfc2217Port } from './port.ts'
import type { Server } from './port.ts'

/** As long as pySerial waits for an answer, in ms. */
const defaultTimeout = 3000

const parameters = {
  ign_set_control: present,
  poll_modem: present,
  timeout: seconds,
  ...securityParameters,
}

/** `rfc2217://<host>:<port>[?ign_set_control][&poll_modem][&timeout=<seconds>]`, and what protects it. Throws `INVALID_OPTION`. */
function serverOf(url: PortUrl): Server {
  const { query, ...place } = placeOf(url)
  const given = readParameters(url, query, parameters)
  return {
    path: withoutToken(url.href),
    address: {
      ...place,
      timeout: given.timeout ?? defaultTimeout,
      security: securityOf(url, place, given),
    },
    ignoresControl: given.ign_set_control === true,
    pollsModem: given.poll_modem === true,
  }
}

/** `rfc2217://<host>:<port>`: a serial port of another machine, with its lines and settings; `rfc2217s://`: over TLS. */
export const room: Room = {
  async prepare(url, { settings }) {
    const server = serverOf(url)
    checkSettings(url.href, settings)
    return (signal) => Rfc2217Port.open(server, settings, signal)
  },
}
