"""Shares a port by pySerial's PortManager, with one client after the other: PATH or URL of the port.

Prints the number on which it listens, on loopback.
"""

import socket
import sys
import threading

import serial
import serial.rfc2217


class Terminal(serial.Serial):
    """A pseudo-terminal has no control lines, and PortManager dies of that: so they are here as they are set."""

    lines = {'dtr': False, 'rts': False}
    cts = property(lambda self: self.lines['rts'])
    dsr = property(lambda self: self.lines['dtr'])
    ri = property(lambda self: False)
    cd = property(lambda self: True)

    def _update_dtr_state(self):
        self.lines['dtr'] = self._dtr_state

    def _update_rts_state(self):
        self.lines['rts'] = self._rts_state


class Client:
    """A connection. PortManager writes to it, as does the thread that reads the port."""

    def __init__(self, connection):
        self.connection = connection
        self.lock = threading.Lock()
        self.is_there = True

    def write(self, data):
        with self.lock:
            self.connection.sendall(data)

    def send_received(self, port, manager):
        try:
            while self.is_there:
                data = port.read(port.in_waiting or 1)
                if data:
                    self.write(b''.join(manager.escape(data)))
                manager.check_modem_lines()
        except OSError:
            # It has gone, which the other thread sees as well.
            pass


def serve(port, connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client = Client(connection)
    manager = serial.rfc2217.PortManager(port, client)
    reader = threading.Thread(target=client.send_received, args=(port, manager))
    reader.start()
    try:
        while data := connection.recv(65536):
            port.write(b''.join(manager.filter(data)))
    except ConnectionError:
        pass
    client.is_there = False
    reader.join()
    connection.close()


def main(url):
    port = Terminal(url, timeout=0.05) if url.startswith('/') else serial.serial_for_url(url, timeout=0.05)
    listener = socket.create_server(('127.0.0.1', 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        serve(port, listener.accept()[0])


main(sys.argv[1])
