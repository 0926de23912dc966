// The floor: what the same work costs a bare loop of poll, read and write. Nothing in a runtime can be faster.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "../payload.h"

#define MESSAGE 16

static unsigned char buffer[PIECE];
static int port;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void require(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void openPort(const char *path) {
  port = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
  struct termios line;
  if (port < 0 || tcgetattr(port, &line) < 0) fail(path);
  cfmakeraw(&line);
  if (tcsetattr(port, TCSANOW, &line) < 0) fail("tcsetattr");
}

static void waitFor(short events) {
  struct pollfd entry = {.fd = port, .events = events};
  if (poll(&entry, 1, -1) < 0 && errno != EINTR) fail("poll");
}

static size_t moved(ssize_t count, const char *what) {
  if (count >= 0) return (size_t)count;
  if (errno == EAGAIN || errno == EINTR) return 0;
  fail(what);
  return 0;
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpuSeconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

// Seconds of one round; the answer is checked when the clock has stopped.
static double roundTrip(uint64_t position) {
  size_t sent = 0, have = 0;
  double began = seconds(CLOCK_MONOTONIC);
  while (sent < MESSAGE) {
    size_t count = moved(write(port, payloadAt(position) + sent, MESSAGE - sent), "write");
    if (count == 0) waitFor(POLLOUT);
    sent += count;
  }
  while (have < MESSAGE) {
    waitFor(POLLIN);
    have += moved(read(port, buffer + have, sizeof buffer - have), "read");
  }
  double took = seconds(CLOCK_MONOTONIC) - began;
  require(have == MESSAGE && isPayload(buffer, MESSAGE, position), "the answer is not what was sent");
  return took;
}

static void echo(long warm, long rounds) {
  printf("{\"us\":[");
  for (long i = 0; i < warm + rounds; i++) {
    double took = roundTrip((uint64_t)i * MESSAGE);
    if (i >= warm) printf("%s%.2f", i == warm ? "" : ",", took * 1e6);
  }
  printf("]}\n");
}

static size_t smaller(uint64_t left) {
  return left < PIECE ? (size_t)left : PIECE;
}

static void transfer(uint64_t send, uint64_t receive) {
  uint64_t header[2] = {send, receive};
  require(write(port, header, sizeof header) == sizeof header, "the header was not taken");
  uint64_t sent = 0, received = 0;
  char verdict = 0;
  while (verdict == 0) {
    size_t in = 0, out = 0;
    if (sent < send) out = moved(write(port, payloadAt(sent), smaller(send - sent)), "write");
    sent += out;
    in = moved(read(port, buffer, sizeof buffer), "read");
    size_t data = in < receive - received ? in : (size_t)(receive - received);
    require(isPayload(buffer, data, received), "what was received is not what was sent");
    received += data;
    if (data < in) verdict = (char)buffer[data];
    if (in + out == 0) waitFor(POLLIN | (sent < send ? POLLOUT : 0));
  }
  require(sent == send && verdict == 'v', "the far end got other bytes than were sent");
}

static void stream(uint64_t warm, uint64_t send, uint64_t receive) {
  transfer(send > 0 ? warm : 0, receive > 0 ? warm : 0);
  double began = seconds(CLOCK_MONOTONIC), used = cpuSeconds();
  transfer(send, receive);
  printf("{\"seconds\":%.6f,\"cpu\":%.6f}\n", seconds(CLOCK_MONOTONIC) - began, cpuSeconds() - used);
}

int main(int count, char **arguments) {
  const char *work = count > 1 ? arguments[1] : "";
  makePayload();
  if (strcmp(work, "about") == 0) {
    printf("{\"name\":\"C poll loop\",\"does\":[\"echo\",\"blocking\",\"stream\"]}\n");
    return 0;
  }
  require(count >= 5, "usage: floor about | echo|blocking PATH WARM ROUNDS | stream PATH WARM SEND RECEIVE");
  openPort(arguments[2]);
  if (strcmp(work, "stream") == 0) {
    require(count == 6, "stream takes PATH WARM SEND RECEIVE");
    stream(strtoull(arguments[3], NULL, 10), strtoull(arguments[4], NULL, 10), strtoull(arguments[5], NULL, 10));
  } else {
    echo(atol(arguments[3]), atol(arguments[4]));
  }
  return 0;
}
