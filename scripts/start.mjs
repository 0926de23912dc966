// npm start -- [args]: the command-line tool from a checkout, installed and built first where needed.
//   npm start                    the demo
//   npm start -- /dev/ttyUSB0    monitors that port
//   npm start -- list            any command, as it is
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildPackageIfOld, inRoot, install } from './lib/project.mjs'
import { orExplain, progress } from './lib/say.mjs'

await orExplain(() => {
  install(progress)
  buildPackageIfOld(progress)
})

/** One file in commands/ is one command. */
const commands = ['help', ...readdirSync(inRoot('src/cli/commands')).map((file) => path.parse(file).name)]

const args = process.argv.slice(2)
if (args.length === 0) args.push('demo')
else if (!args[0].startsWith('-') && !commands.includes(args[0])) args.unshift('monitor')

// In this process, not in a child: then the terminal, the signals and the exit code are the tool's own.
const main = inRoot('dist/cli/main.js')
process.argv = [process.execPath, main, ...args]
await import(pathToFileURL(main).href)
