"""pySerial, the way its documentation shows: https://pyserial.readthedocs.io/"""

import os
import sys
import threading

import serial

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../harness'))
from harness import run  # noqa: E402


class PySerial:
    name = f'pySerial {serial.__version__}'

    def __init__(self, path, timeout=None):
        self.port = serial.serial_for_url(path, 9600, timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.port.close()

    def send(self, data):
        self.port.write(data)

    def drop_rts(self):
        self.port.rts = False

    def set_baud_rate(self, rate):
        self.port.baudrate = rate

    def echo(self, message):
        self.port.write(message)
        return self.port.read(len(message))

    def ask(self, request):
        self.port.write(request)
        return self.port.readline()

    def lines(self):
        return self.port

    def chunks(self):
        """As pySerial's own ReaderThread reads."""
        while True:
            yield self.port.read(self.port.in_waiting or 1)

    def send_all(self, transfer):
        for piece in transfer.pieces():
            self.port.write(piece)

    def stream(self, transfer):
        both_ways = transfer.send > 0 and transfer.receive > 0
        sender = threading.Thread(target=self.send_all, args=[transfer])
        if both_ways:
            sender.start()
        else:
            self.send_all(transfer)
        for chunk in self.chunks():
            if transfer.arrived(chunk):
                break
        if both_ways:
            sender.join()

    def slow(self, transfer, pace):
        self.send_all(transfer)
        for chunk in self.chunks():
            pace.after(len(chunk))
            if transfer.arrived(chunk):
                return


run(PySerial)
