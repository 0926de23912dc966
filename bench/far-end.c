// The far end of the line: holds the master of a pseudo-terminal, and prints the path of the slave for the program
// under test. It is no part of the comparison, and the same for everyone.
//
//   far-end echo     sends back whatever comes
//   far-end stream   again and again: takes a header of two 64-bit numbers, then checks the first number of bytes, sends
//                    the second number of bytes meanwhile, and closes with one byte: 'v' for valid, 'x' if not

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>
#include "payload.h"

static unsigned char buffer[PIECE];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static size_t smaller(uint64_t left) {
  return left < PIECE ? (size_t)left : PIECE;
}

// The count, or 0 when the call has nothing to do right now.
static size_t moved(ssize_t count, const char *what) {
  if (count >= 0) return (size_t)count;
  if (errno == EAGAIN || errno == EINTR) return 0;
  fail(what);
  return 0;
}

static int openMaster(void) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) fail("posix_openpt");
  // Held open: a master whose slave nobody has open gives EIO, before the program comes and after it has gone.
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  struct termios line;
  if (slave < 0 || tcgetattr(slave, &line) < 0) fail("slave");
  cfmakeraw(&line);
  if (tcsetattr(slave, TCSANOW, &line) < 0) fail("tcsetattr");
  return master;
}

static void echo(int master) {
  for (;;) {
    ssize_t count = read(master, buffer, sizeof buffer);
    if (count < 0) fail("read");
    for (ssize_t sent = 0; sent < count;) {
      ssize_t taken = write(master, buffer + sent, (size_t)(count - sent));
      if (taken < 0) fail("write");
      sent += taken;
    }
  }
}

static void waitFor(int master, short events) {
  struct pollfd entry = {.fd = master, .events = events};
  if (poll(&entry, 1, -1) < 0 && errno != EINTR) fail("poll");
}

static void readHeader(int master, uint64_t header[2]) {
  for (size_t have = 0; have < 16;) {
    size_t count = moved(read(master, (unsigned char *)header + have, 16 - have), "read");
    if (count == 0) waitFor(master, POLLIN);
    have += count;
  }
}

static void stream(int master) {
  if (fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK) < 0) fail("fcntl");
  for (;;) {
    uint64_t header[2];
    readHeader(master, header);
    uint64_t received = 0, sent = 0;
    char verdict = 'v';
    while (received < header[0] || sent < header[1]) {
      size_t in = 0, out = 0;
      if (received < header[0]) in = moved(read(master, buffer, smaller(header[0] - received)), "read");
      if (!isPayload(buffer, in, received)) verdict = 'x';
      received += in;
      if (sent < header[1]) out = moved(write(master, payloadAt(sent), smaller(header[1] - sent)), "write");
      sent += out;
      short events = (received < header[0] ? POLLIN : 0) | (sent < header[1] ? POLLOUT : 0);
      if (in + out == 0) waitFor(master, events);
    }
    while (moved(write(master, &verdict, 1), "write") == 0) waitFor(master, POLLOUT);
  }
}

int main(int count, char **arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  makePayload();
  int master = openMaster();
  puts(ptsname(master));
  fflush(stdout);
  if (count == 2 && strcmp(arguments[1], "echo") == 0) echo(master);
  if (count == 2 && strcmp(arguments[1], "stream") == 0) stream(master);
  fputs("usage: far-end echo|stream\n", stderr);
  return 2;
}
