import type { Target } from './section.ts'

/** What keeps baud from a bound, as far as that is known. */
interface Reason {
  readonly about: RegExp
  readonly title: string
  readonly text: string
}

const reasons: readonly Reason[] = [
  {
    about: /^Echo round trip, asynchronous, .* over npm serialport/,
    title: 'An asynchronous round trip over npm serialport',
    text: `That takes from twice to three times what Node’s handle alone takes, by the Node line: a third is out of reach, or nearly so, for
whatever runs on Node’s event loop.`,
  },
  {
    about: /^Echo round trip, blocking, .* over pySerial/,
    title: 'A blocking round trip over pySerial',
    text: `The loop in C takes from four fifths of pySerial’s time to all of it, by the machine: what is left to save is less than the
bound asks for.`,
  },
  {
    about: /^(Throughput|CPU for the same bytes)/,
    title: 'Throughput over C, and its processor time',
    text: `A terminal gives at most 4,095 bytes at a time, and the two ends take turns on the core with each of these. \`perf record\` around
\`baud.js stream\`, of 256 MB one way: the kernel has 79 (sending) and 86 (receiving) of 100 samples, where it has 98 of the loop in C; Node itself, which is
its event loop and its way into JavaScript, 16 and 10; libc 4 and 3; what V8 compiled of baud, and koffi, less than one. So it is a turn of the event loop for
each piece, which the loops have not, be they in C or in JavaScript. When it sends, baud copies what the device does not take at once, and
Node’s handle does not: that would go on reading memory which the caller has transferred away.`,
  },
  {
    about: /^Network: (send|receive|both at once)/,
    title: 'Throughput over a plain relay',
    text: `RFC 2217 doubles each IAC, and of random bytes one in 256 is one. To double these where they are sent, and to take them out where they
arrive, takes some 4 µs for each 4,095 bytes that a terminal gives at a time (a thirtieth of that where there is none); the relay’s whole way takes some 35.`,
  },
  {
    about: /^Import/,
    title: 'Import over npm serialport',
    text: `Koffi’s part stands in the table; the rest is for the most part V8’s, which reads the source, that of the parts for other systems with it: they are
not files of their own, since \`openSync()\` can not wait for one, and a program bundled into one file has no other.`,
  },
  {
    about: /^Wine: echo, async/,
    title: 'An asynchronous round trip in Wine',
    text: `The end of a read goes from Wine’s server to the thread that asked for it, from that to one of the pool, and from that to the event
loop: in a trace by \`strace -f\`, twelve requests to the server and two changes of thread for each round trip, where the blocking port makes seven
requests. Node’s own way to hear of an end, its event loop’s completion port, is not open to a COM port.`,
  },
]

/** The reasons for the targets that are not met, a Markdown list; those that have none are named. */
export function explain(targets: readonly Target[]): string {
  const missed = targets.filter(({ met }) => met === false).map(({ what }) => what)
  const known = reasons.filter(({ about }) => missed.some((what) => about.test(what)))
  const unknown = missed.filter((what) => !known.some(({ about }) => about.test(what)))
  return [
    ...known.map(({ text, title }) => `- *${title}.* ${text.replaceAll('\n', '\n  ')}`),
    ...unknown.map((what) => `- *${what}.* Nothing is known of why.`),
  ].join('\n')
}
