import { Option } from 'commander'
import type { Command } from 'commander'

/** The options of `baud serve`, which are read by the same rules as the keys of a configuration file. */
export function addServeOptions(command: Command): Command {
  return command
    .option('--config <file>', 'share the ports of a file, in place of one')
    .option('--rfc2217 <[host:]port>', 'open a door for RFC 2217: bytes, settings and lines; port 0: any')
    .option('--tcp <[host:]port>', 'open a door for bytes over TCP')
    .option('--websocket <[host:]port>', 'open a door for bytes over WebSockets')
    .option('--tls-cert <file>', 'certificate, in PEM')
    .option('--tls-key <file>', 'its key, in PEM')
    .option('--token-file <file>', 'what clients have to know (also: BAUD_TOKEN in the environment)')
    .option('--insecure', 'let others than this machine connect without TLS and a token')
    .option('--origins <list>', 'web pages that may connect: "https://example.org"')
    .option('--no-watchers', 'refuse a second client, in place of letting it watch')
    .option('--max-clients <n>', 'clients of a door at a time (default: 16)')
    .option('--max-rate <n>', 'new connections a second from one address (default: 20)')
    .option('--max-buffer <bytes>', 'what may wait for one client (default: 1048576)')
    .option('--stall-timeout <s>', 'how long a writer may hold up the others (default: 5)')
    .option('--handshake-timeout <s>', 'how long a client may take to be let in (default: 5)')
    .option('--answer-timeout <s>', 'how long a writer may not answer while others wait (default: 30)')
    .option('--idle-timeout <s>', 'send away clients that are silent for so long (default: never)')
    .addOption(
      new Option('--log-format <format>', 'of the log, on standard error (default: text)').choices([
        'text',
        'json',
      ]),
    )
    .option('-b, --baud <rate>', 'speed in bit/s (default: 9600)')
    .option('--data-bits <n>', 'bits in a character: 5, 6, 7 or 8')
    .option('--parity <kind>', 'parity bit: none, even, odd, mark, space')
    .option('--stop-bits <n>', 'stop bits: 1, 1.5 or 2')
    .option('--flow <kind>', 'flow control: none, hardware, software, dsr-dtr')
    .option('--no-dtr', 'leave DTR off also while there is a client')
    .option('--no-rts', 'leave RTS off also while there is a client')
    .option('--no-exclusive', 'share the port with other programs')
}
