// Debian's packages that a script needs beyond what npm has.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Failed } from './project.mjs'

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const done = spawnSync('apt-get', ['-q', ...args], { encoding: 'utf8', env })
  if (done.status !== 0)
    throw new Failed(
      `apt-get ${args[0]}`,
      `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}\n`,
    )
}

/**
 * Installs what is missing, where that can be done without asking.
 *
 * @param {Record<string, string>} files a file that is there once a package is, and the package
 * @param {(text: string) => void} say
 */
export function installFromDebian(files, say) {
  const missing = () => Object.keys(files).filter((file) => !existsSync(file))
  if (missing().length === 0) return
  const packages = missing().map((file) => files[file])
  const command = `apt-get install --no-install-recommends ${packages.join(' ')}`
  if (process.getuid() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Failed(command, `Missing: ${missing().join(', ')}. On Debian, as root:\n`)
  }
  say(`installing ${packages.join(', ')}…`)
  aptGet('update')
  aptGet('-y', 'install', '--no-install-recommends', ...packages)
  if (missing().length > 0) throw new Failed(command, `Still missing: ${missing().join(', ')}.\n`)
}
