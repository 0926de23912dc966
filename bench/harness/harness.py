"""What program.ts and its neighbours are, for programs in Python: the command line, the clocks and the checks."""

import json
import resource
import sys
import time

PERIOD = 65_521
PIECE = 65_536
LINE_SIZE = 64
LINE_COUNT = 1009
BYTES_PER_MILLISECOND = 4096


def random(count):
    state = 1
    numbers = bytearray(count)
    for i in range(count):
        state = (state * 1_664_525 + 1_013_904_223) & 0xFFFFFFFF
        numbers[i] = state >> 24
    return numbers


def make_lines():
    letters = bytes(65 + byte % 26 for byte in random(LINE_COUNT * LINE_SIZE))
    return [letters[i * LINE_SIZE : (i + 1) * LINE_SIZE - 1] + b'\n' for i in range(LINE_COUNT)]


def require(holds, what):
    if not holds:
        raise SystemExit(what)


class Payload:
    def __init__(self):
        self.bytes = (bytes(random(PERIOD)) * 3)[: PERIOD + PIECE]

    def at(self, position, count):
        start = position % PERIOD
        return self.bytes[start : start + min(count, PIECE)]

    def check(self, received, position):
        for done in range(0, len(received), PIECE):
            part = received[done : done + PIECE]
            require(part == self.at(position + done, len(part)), f'wrong bytes at position {position + done}')


def header(send, receive):
    return send.to_bytes(8, 'little') + receive.to_bytes(8, 'little')


class Rounds:
    """Calls `begin(i)` for what to do, then times it, then gives the result to `check`."""

    def __init__(self, warm, rounds):
        self.warm = warm
        self.rounds = rounds
        self.us = []

    def run(self, begin, exchange, check):
        for i in range(self.warm + self.rounds):
            message = begin(i)
            began = time.perf_counter()
            answer = exchange(message)
            ended = time.perf_counter()
            check(i, message, answer)
            if i >= self.warm:
                self.us.append((ended - began) * 1e6)


class Transfer:
    def __init__(self, payload, send, receive, piece):
        self.payload = payload
        self.send = send
        self.receive = receive
        self.piece = piece
        self.received = 0

    def pieces(self):
        """What to send: the header, and then piece by piece."""
        yield header(self.send, self.receive)
        sent = 0
        while sent < self.send:
            piece = self.payload.at(sent, min(self.piece, self.send - sent))
            sent += len(piece)
            yield piece

    def arrived(self, received):
        """Takes what has arrived; true when that was the last."""
        data = min(len(received), self.receive - self.received)
        self.payload.check(received[:data], self.received)
        self.received += data
        if data == len(received):
            return False
        require(received[data:] == b'v', 'the far end got other bytes than were sent')
        return True


def memory(name):
    """MB. Source: proc_pid_status(5)."""
    with open('/proc/self/status', encoding='ascii') as status:
        for line in status:
            if line.startswith(name):
                return int(line.split()[1]) * 1024 / 1e6
    raise SystemExit(f'no {name}')


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Meter:
    def __init__(self):
        self.before = memory('VmRSS')
        self.used = cpu_seconds()
        self.began = time.perf_counter()

    def stop(self):
        seconds = time.perf_counter() - self.began
        cpu = cpu_seconds() - self.used
        peak = memory('VmHWM')
        return {'seconds': seconds, 'cpu': cpu, 'before': self.before, 'after': memory('VmRSS'), 'peak': peak}


class Pace:
    """How a slow reader waits."""

    def __init__(self):
        self.owed = 0

    def after(self, count):
        self.owed += count
        milliseconds, self.owed = divmod(self.owed, BYTES_PER_MILLISECOND)
        if milliseconds > 0:
            time.sleep(milliseconds / 1000)


class Works:
    """The kinds of work, given the class by which a program says how the library does each."""

    def __init__(self, program):
        self.program = program

    def about(self):
        does = ['echo', 'ask', 'start', 'stream', 'slow', 'lines', 'remote']
        return {'name': self.program.name, 'style': 'blocking', 'does': does}

    def echo(self, path, size, warm, rounds):
        payload = Payload()
        timed = Rounds(int(warm), int(rounds))
        size = int(size)

        def check(i, message, answer):
            require(len(answer) == size, f'{len(answer)} bytes in answer to {size}')
            payload.check(answer, i * size)

        with self.program(path) as port:
            timed.run(lambda i: payload.at(i * size, size), port.echo, check)
        return {'us': timed.us}

    def ask(self, path, warm, rounds):
        timed = Rounds(int(warm), int(rounds))

        def check(_, request, answer):
            require(answer == request, f'the answer to {request} was {answer}')

        with self.program(path, timeout=0.5) as port:
            timed.run(lambda i: b'MEAS:VOLT? %d\n' % (i + 1), port.ask, check)
        return {'us': timed.us}

    def stream(self, path, warm, send, receive, piece):
        payload = Payload()
        warm, send, receive, piece = int(warm), int(send), int(receive), int(piece)
        with self.program(path) as port:
            port.stream(Transfer(payload, warm if send > 0 else 0, warm if receive > 0 else 0, piece))
            meter = Meter()
            port.stream(Transfer(payload, send, receive, piece))
            return meter.stop()

    def slow(self, path, receive):
        transfer = Transfer(Payload(), 0, int(receive), 1)
        with self.program(path) as port:
            meter = Meter()
            port.slow(transfer, Pace())
            return meter.stop()

    def lines(self, path, warm, count):
        expected = make_lines()
        with self.program(path) as port:
            self.read_lines(port, expected, int(warm))
            meter = Meter()
            self.read_lines(port, expected, int(count))
            return meter.stop()

    def read_lines(self, port, expected, count):
        port.send(header(0, count * LINE_SIZE))
        number = 0
        for line in port.lines():
            require(line == (expected[number % LINE_COUNT] if number < count else b'v\n'), f'line {number} is {line}')
            number += 1
            if number > count:
                return

    def remote(self, url, count):
        times = {'open': [], 'rts': [], 'baud': []}

        def timed(step, work):
            began = time.perf_counter()
            result = work()
            times[step].append((time.perf_counter() - began) * 1e3)
            return result

        for _ in range(int(count)):
            with timed('open', lambda: self.program(url)) as port:
                timed('rts', port.drop_rts)
                timed('baud', lambda: port.set_baud_rate(19_200))
        return times

    def start(self, path):
        began = time.perf_counter()
        port = self.program(path)
        opened = time.perf_counter()
        require(port.echo(b'!') == b'!', 'no answer')
        exchanged = time.perf_counter()
        port.close()
        closed = time.perf_counter()
        steps = {'open': opened - began, 'exchange': exchanged - opened, 'close': closed - exchanged}
        return {step: seconds * 1e3 for step, seconds in steps.items()}


def run(program):
    work, *args = sys.argv[1:]
    print(json.dumps(getattr(Works(program), work)(*args)))
