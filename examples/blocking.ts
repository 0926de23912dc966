// A script without a single await on the port: configure a device, read three values.
import { openSync } from 'baud'
import { createPair } from 'baud/virtual'

const pair = await createPair()
{
  using device = openSync(pair.b)
  using port = openSync(pair.a, { baudRate: 9600, readTimeout: 500 })

  port.write('RATE 10\n')
  console.log(device.readLine()) // RATE 10
  device.write('1.0\n1.1\n1.2\n')
  const values = Array.from({ length: 3 }, () => Number(port.readLine()))
  console.log(values.join(' ')) // 1 1.1 1.2
}
await pair.close()
