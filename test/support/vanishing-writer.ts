// Serves a port in a network of its own, to a writer whose network is cut while the device goes on speaking; prints the log, and after how many seconds the writer was cut off, as JSON.
import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { Serving } from '../serve/serving.ts'

const network = (state: 'up' | 'down') => execFileSync('ip', ['link', 'set', 'lo', state])

async function vanish(): Promise<void> {
  network('up')
  const serving = await Serving.begin({ tcp: '0', 'answer-timeout': '0.3' })
  const writer = await serving.connect('tcp')
  await serving.logs(/became writer/)
  const speaking = setInterval(() => void serving.device?.write('and on\n'), 500)
  await writer.hears('and on')
  const begun = performance.now()
  network('down')
  while (performance.now() - begun < 60_000 && !serving.log.join('').includes('gone')) await sleep(50)
  clearInterval(speaking)
  console.log(JSON.stringify({ log: serving.log, seconds: (performance.now() - begun) / 1000 }))
  process.exit()
}

if (process.argv[2] === 'inside') await vanish()
else {
  const own = [process.execPath, fileURLToPath(import.meta.url), 'inside']
  const { status } = spawnSync('unshare', ['--map-root-user', '--net', ...own], { stdio: 'inherit' })
  process.exitCode = status ?? 1
}
