// What must hold of the project besides its tests. Each check throws Failed with the tool's own words.
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { checkApi } from './api.mjs'
import { Failed, inRoot, npm, tool } from './project.mjs'

/** Packs what would be published and has it looked at by the two tools that know what goes wrong there. */
function checkPackage() {
  const folder = inRoot('.cache/package')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  npm('pack', '--ignore-scripts', '--pack-destination', folder)
  const tarball = `${folder}/${readdirSync(folder)[0]}`
  tool('publint/src/cli.js', 'run', tarball, '--strict')
  tool('@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only', '--no-emoji')
}

/** The lock file must work with whatever registry a reader's npm is set to. */
function checkLock() {
  if (readFileSync(inRoot('package-lock.json'), 'utf8').includes('"resolved"')) {
    throw new Failed(
      'lock file',
      'package-lock.json names a registry: run `npm install` here, where .npmrc leaves it out.\n',
    )
  }
}

/** Name and check, in the order they run. */
export const checks = {
  format: () => tool('oxfmt/bin/oxfmt', '--check'),
  lint: () => tool('oxlint/bin/oxlint'),
  'unused code': () => tool('knip/bin/knip.js'),
  api: () => checkApi(),
  package: checkPackage,
  'lock file': checkLock,
}
