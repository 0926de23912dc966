import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../runner/places.ts'
import type { Row, Section, Workload } from '../runner/section.ts'

/** What a user gets with `npm install`, and gets to see. */
export const installing: Workload = {
  id: 'install',
  async run(): Promise<Section> {
    const folder = mkdtempSync(join(tmpdir(), 'baud-install-'))
    try {
      npm(root, 'pack', '--ignore-scripts', '--pack-destination', folder)
      const [tarball = ''] = readdirSync(folder)
      return {
        title: 'Installed',
        about:
          'Into an empty project: baud as `npm pack` makes it, npm serialport by its name, the packages from npm’s cache as ' +
          `far as it has them. With npm ${npm(folder, '--version').trim()}; what it says of the user’s own settings is left out.`,
        head: ['package', 'packages', 'files', 'MB', 'what npm prints'],
        rows: [
          install(folder, 'baud', tarball),
          install(folder, 'npm serialport', `serialport@${peerVersion()}`),
        ],
        targets: [],
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

function install(folder: string, name: string, what: string): Row {
  const project = join(folder, name)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n')
  const wanted = what.endsWith('.tgz') ? join(folder, what) : what
  const said = inOneCell(npm(project, 'install', '--prefer-offline', '--no-audit', '--no-fund', wanted))
  if (said === '') throw new Error(`npm said nothing of ${what}`)
  const files = readdirSync(join(project, 'node_modules'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const megabytes = files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6
  const packages = files.filter((file) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
  return [name, `${packages.length}`, `${files.length}`, megabytes.toFixed(1), said]
}

/** Without how long it took, and what differs from one user to the next. */
function inOneCell(said: string): string {
  return said
    .split('\n')
    .map((line) =>
      line
        .replace(/^npm warn (install-scripts )?/, '')
        .replace(/ in \d+m?s$/, '')
        .trim(),
    )
    .filter((line) => line !== '' && line !== 'install-scripts' && !/(user|env) config/.test(line))
    .join('; ')
}

/** As a user has it: what npm was told when it started the benchmark, such as to be silent, is not for this. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))

function npm(folder: string, ...args: readonly string[]): string {
  const { status, stderr, stdout } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    env: environment,
  })
  if (status !== 0) throw new Error(`npm ${args.join(' ')}\n${stdout}${stderr}`)
  return args[0] === '--version' ? stdout : `${stdout}${stderr}`
}

function peerVersion(): string {
  const manifest = readFileSync(join(root, 'bench/peers/node_modules/serialport/package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
