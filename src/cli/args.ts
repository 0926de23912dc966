import { readFileSync } from 'node:fs'
import { styleText } from 'node:util'
import { Command, Option } from 'commander'
import type { DemoFlags } from './commands/demo.ts'
import type { DoctorFlags } from './commands/doctor.ts'
import type { ListFlags } from './commands/list.ts'
import type { MonitorFlags } from './commands/monitor.ts'
import type { SendFlags } from './commands/send.ts'
import type { ServeFlags } from './commands/serve.ts'
import { addLineOptions, milliseconds, number, whole } from './options.ts'
import { addServeOptions } from './serve-options.ts'
import type { Stop } from './stop.ts'

/** A command with its options, ready to run. */
export type Job = (stop: Stop) => Promise<number>

/**
 * Finds out what is to be done. Help and complaints are printed here; each command's own code is loaded when it runs.
 *
 * @throws commander's `CommanderError`, with `exitCode` 0 when help or the version was asked for
 */
export function parse(args: readonly string[]): Job {
  let job: Job | undefined
  const take = (chosen: Job) => {
    job = chosen
  }
  const program = createProgram()
  addList(program, take)
  addMonitor(program, take)
  addSend(program, take)
  addServe(program, take)
  addDoctor(program, take)
  addDemo(program, take)
  program.parse(args, { from: 'user' })
  if (job === undefined) return program.help({ error: true })
  return job
}

const exitHelp = `
Exit codes:
  0  done           130  ended by Ctrl-C (SIGINT)
  1  port failed    143  ended by SIGTERM
  2  wrong usage    129  ended by SIGHUP
`

function createProgram(): Command {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(file) as { version: string }
  return new Command('baud')
    .description('The serial-port toolkit: list ports, talk to them, find out what is wrong.')
    .version(version, '-V, --version')
    .option('--debug', 'show the stack of an error (also: BAUD_DEBUG=1)')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'baud: ')) })
    .configureHelp({ styleTitle: (title) => styleText('bold', title, { validateStream: false }) })
    .addHelpText('after', examples('baud demo', 'baud list', 'baud monitor /dev/ttyUSB0 --baud 115200'))
    .addHelpText('after', exitHelp)
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function addList(program: Command, take: (job: Job) => void): void {
  program
    .command('list')
    .description('List the serial ports of this machine.')
    .argument('[regexp]', 'only ports of which a property matches, such as their path, product or 0403:6001')
    .option('-v, --verbose', 'show also where they are plugged in, and their stable paths')
    .option('--json', 'print an array of objects; with --watch an object a line')
    .option('-w, --watch', 'go on and tell of ports that are plugged in and pulled out, until Ctrl-C')
    .addHelpText(
      'after',
      examples(
        'baud list',
        'baud list ftdi',
        'baud list --json usb | jq -r .[0].path',
        'baud list --watch --json | jq -r \'.type + " " + .port.path\'',
      ),
    )
    .action((pattern: string | undefined, flags: ListFlags) =>
      take(async (stop) => (await import('./commands/list.ts')).list(pattern, flags, stop)),
    )
}

function addMonitor(program: Command, take: (job: Job) => void): void {
  const command = program
    .command('monitor')
    .description('Talk to a port: a terminal, or a pipe when standard input is none.')
    .argument('<port>', 'path or URL of the port')
  addLineOptions(command)
    .addOption(new Option('--eol <kind>', 'what Enter sends').choices(['crlf', 'cr', 'lf']).default('crlf'))
    .option('--echo', 'show what is typed')
    .option('--hex', 'show bytes as hex')
    .option('--timestamps', 'show when each line came')
    .addOption(
      new Option('--encoding <name>', 'how bytes spell text')
        .choices(['utf8', 'latin1', 'ascii', 'utf16le'])
        .default('utf8'),
    )
    .option('--raw', 'let control characters from the device through to the terminal')
    .option('--log <file>', 'append the bytes received to a file')
    .option('--exit-key <key>', 'key that quits', 'ctrl-]')
    .option('--menu-key <key>', 'key that opens the menu', 'ctrl-t')
    .option(
      '--idle <ms>',
      'in a pipe: end when the input has ended and the port is silent for so long',
      milliseconds,
      500,
    )
    .option('--stay', 'in a pipe: go on when the input has ended')
    .addHelpText(
      'after',
      `\nCtrl-] quits and Ctrl-T opens the menu; all other keys, Ctrl-C too, go to the device.\n`,
    )
    .addHelpText(
      'after',
      examples(
        'baud monitor /dev/ttyUSB0 --baud 115200',
        'baud monitor COM3 --hex --timestamps --log session.bin',
        'baud monitor socket://192.168.1.7:4000',
        "printf '*IDN?\\n' | baud monitor /dev/ttyACM0 --idle 200",
        'baud monitor /dev/ttyUSB0 --stay < /dev/null > capture.bin',
      ),
    )
    .action((port: string, flags: MonitorFlags) =>
      take(async (stop) => (await import('./commands/monitor.ts')).monitor(port, flags, stop)),
    )
}

function addSend(program: Command, take: (job: Job) => void): void {
  const command = program
    .command('send')
    .description('Send data to a port and, where asked for, print the reply.')
    .argument('<port>', 'path or URL of the port')
    .argument('[data...]', 'text to send, joined by blanks; standard input when nothing is given')
  addLineOptions(command)
    .option('-e, --escapes', 'read \\n \\r \\t \\0 \\e \\\\ and \\xNN in data and --until')
    .option('--hex <bytes>', 'send these bytes: "01 03 00"')
    .option('--file <path>', 'send a file')
    .addOption(
      new Option('--eol <kind>', 'what to append').choices(['none', 'lf', 'cr', 'crlf']).default('none'),
    )
    .option('--wait <ms>', 'print what comes within so long', milliseconds)
    .option('--lines <n>', 'print so many lines of the reply', whole(1))
    .option('--until <text>', 'print the reply up to this text')
    .option(
      '--timeout <ms>',
      'longest wait for the reply (default: 2000), and for the port to take what is sent (default: for ever)',
      milliseconds,
    )
    .option('--json', 'print an object with what was sent and received')
    .addHelpText(
      'after',
      examples(
        "baud send /dev/ttyACM0 '*IDN?' --eol lf --lines 1",
        'baud send COM3 --hex "01 03 00 00 00 01 84 0a" --wait 200 --json',
        'baud send /dev/ttyUSB0 --baud 115200 --file firmware.hex',
        "baud send 'hwgrep://0403:6001' '*IDN?' --eol lf --lines 1",
      ),
    )
    .action((port: string, data: string[], flags: SendFlags) =>
      take(async (stop) => (await import('./commands/send.ts')).send(port, data, flags, stop)),
    )
}

function addServe(program: Command, take: (job: Job) => void): void {
  const command = program
    .command('serve')
    .summary('Share a port with the network.')
    .description(
      'Share a port with the network, on loopback unless told otherwise. The first client has the port; others watch.',
    )
    .argument('[port]', 'path or URL of the port')
  addServeOptions(command)
    .addHelpText(
      'after',
      examples(
        'baud serve /dev/ttyUSB0 --rfc2217 4000',
        'baud serve COM3 --tcp 4001 --websocket 4002 --baud 115200',
        'baud serve /dev/ttyUSB0 --rfc2217 0.0.0.0:4000 --tls-cert cert.pem --tls-key key.pem --token-file token',
        'baud serve --config /etc/baud/serve.conf',
      ),
    )
    .action((port: string | undefined, flags: ServeFlags) =>
      take(async (stop) => {
        stop.allowSignals()
        // To be read anew there is nothing yet: it will be read for the first time.
        stop.takeHangup(() => {})
        return (await import('./commands/serve.ts')).serve(port, flags, stop)
      }),
    )
}

function addDoctor(program: Command, take: (job: Job) => void): void {
  program
    .command('doctor')
    .summary('Find out why a port can or can not be opened.')
    .description(
      'Find out why a port can or can not be opened. Opening raises DTR, which resets some boards.',
    )
    .argument('[port]', 'path or URL of the port; all ports of this machine when it is left out')
    .option('--no-open', 'look only, do not open the port')
    .option('--json', 'print an array of objects')
    .addHelpText('after', examples('baud doctor /dev/ttyUSB0', 'baud doctor --no-open --json'))
    .action((port: string | undefined, flags: DoctorFlags) =>
      take(async (stop) => (await import('./commands/doctor.ts')).doctor(port, flags, stop)),
    )
}

function addDemo(program: Command, take: (job: Job) => void): void {
  program
    .command('demo')
    .description('Talk to a simulated instrument, without any hardware.')
    .option('--seconds <n>', 'how long; on a terminal until Ctrl-C, else 4', number)
    .option('--json', 'print the outcome as an object')
    .addHelpText('after', examples('baud demo', 'baud demo --seconds 3 --json'))
    .action((flags: DemoFlags) =>
      take(async (stop) => (await import('./commands/demo.ts')).demo(flags, stop)),
    )
}
