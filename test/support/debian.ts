import { spawnSync } from 'node:child_process'

/** Test files run side by side, and each may find that something is missing: one of them installs at a time. */
const lock = '/tmp/baud-test-install.lock'

/** Installs a package of Debian's where that can be done without asking. */
function install(name: string): void {
  if (process.getuid?.() !== 0) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['-q', 'update'],
    ['-qy', 'install', '--no-install-recommends', name],
  ]) {
    spawnSync('flock', [lock, 'apt-get', ...args], { env })
  }
}

/** Why what needs this package of Debian's can't run here, or false. Where all must be run it is no excuse. */
export function lacksPackage(name: string, isThere: () => boolean): string | false {
  if (isThere()) return false
  install(name)
  if (isThere()) return false
  const why = `there is no ${name} here; install it with: apt-get install --no-install-recommends ${name}`
  if (process.env['CI'] !== undefined) throw new Error(why)
  return why
}
