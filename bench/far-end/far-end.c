// The far end of the line: holds the master of a pseudo-terminal, and prints the path of the slave for the program
// under test. It is no part of the comparison, and the same for everyone.
//
//   far-end echo     sends back whatever comes
//   far-end stream   again and again: takes a header of two 64-bit numbers, then checks the first number of bytes, sends
//                    the second number of bytes meanwhile, and closes with one byte: 'v' for valid, 'x' if not
//   far-end lines    the same with lines; the last byte has a line end after it

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include "../harness/payload.h"
#include "master.h"

static unsigned char buffer[PIECE];

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
    char verdict[] = "v\n";
    while (received < header[0] || sent < header[1]) {
      size_t in = 0, out = 0;
      if (received < header[0]) in = moved(read(master, buffer, smaller(header[0] - received)), "read");
      if (!isPayload(buffer, in, received)) *verdict = 'x';
      received += in;
      if (sent < header[1]) out = moved(write(master, payloadAt(sent), smaller(header[1] - sent)), "write");
      sent += out;
      short events = (received < header[0] ? POLLIN : 0) | (sent < header[1] ? POLLOUT : 0);
      if (in + out == 0) waitFor(master, events);
    }
    size_t closing = period == LINES ? 2 : 1;
    while (moved(write(master, verdict, closing), "write") == 0) waitFor(master, POLLOUT);
  }
}

int main(int count, char **arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const char *mode = count == 2 ? arguments[1] : "";
  makePayload(strcmp(mode, "lines") == 0 ? LINES : BYTES);
  int master = openMaster();
  puts(ptsname(master));
  fflush(stdout);
  if (strcmp(mode, "echo") == 0) echo(master);
  if (strcmp(mode, "stream") == 0 || strcmp(mode, "lines") == 0) stream(master);
  fputs("usage: far-end echo|stream|lines\n", stderr);
  return 2;
}
