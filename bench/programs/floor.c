// The floor: what the same work costs a bare loop of poll, read and write. Nothing in a runtime can be faster.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <termios.h>
#include "../harness/program.h"

static int port;

static int openRaw(const char *path) {
  int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
  struct termios line;
  if (fd < 0 || tcgetattr(fd, &line) < 0) fail(path);
  cfmakeraw(&line);
  if (tcsetattr(fd, TCSANOW, &line) < 0) fail("tcsetattr");
  return fd;
}

static void openPort(const char *path) {
  port = openRaw(path);
}

static void closePort(void) {
  close(port);
}

// What has happened; nothing when the time is up.
static int waitFor(short events, int milliseconds) {
  struct pollfd entry = {.fd = port, .events = events};
  if (poll(&entry, 1, milliseconds) < 0 && errno != EINTR) fail("poll");
  return entry.revents;
}

static size_t moved(ssize_t count, const char *what) {
  if (count >= 0) return (size_t)count;
  if (errno == EAGAIN || errno == EINTR) return 0;
  fail(what);
  return 0;
}

static size_t trySend(const void *bytes, size_t count) {
  return moved(write(port, bytes, count), "write");
}

static size_t tryReceive(void *bytes, size_t most) {
  return moved(read(port, bytes, most), "read");
}

static int waitForEither(int orRoom) {
  int events = waitFor(orRoom ? POLLIN | POLLOUT : POLLIN, -1);
  return (events & POLLOUT ? ROOM : 0) | (events & ~POLLOUT ? ARRIVED : 0);
}

static void sendAll(const void *bytes, size_t count) {
  for (size_t sent = 0; sent < count;) {
    size_t taken = trySend((const char *)bytes + sent, count - sent);
    if (taken == 0) waitFor(POLLOUT, -1);
    sent += taken;
  }
}

static size_t receiveSome(void *bytes, size_t most, int milliseconds) {
  size_t count = 0;
  while (count == 0 && waitFor(POLLIN, milliseconds)) count = tryReceive(bytes, most);
  return count;
}

static void receiveAll(void *bytes, size_t count) {
  for (size_t have = 0; have < count;) have += receiveSome((char *)bytes + have, count - have, -1);
}

static void sendBack(int fd) {
  port = fd;
  size_t count = tryReceive(buffer, sizeof buffer);
  sendAll(buffer, count);
}

// Sends back what comes on any of the ports but the first, where the marks of the time that counts come from.
static void ports(int count, char **paths) {
  double before = memory("VmRSS");
  int set = epoll_create1(0);
  for (int i = count - 1; i >= 0; i--) {
    struct epoll_event entry = {.events = EPOLLIN, .data.fd = openRaw(paths[i])};
    if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, entry.data.fd, &entry) < 0) fail("epoll");
    port = entry.data.fd;
  }
  int control = port;
  printf("{\"opened\":%.3f,", memory("VmRSS") - before);
  sendAll("g", 1);
  for (char mark = 0; mark != 'q';) {
    struct epoll_event events[64];
    int ready = epoll_wait(set, events, 64, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd != control) sendBack(events[i].data.fd);
      else if (read(control, &mark, 1) != 1) fail("mark");
      else if (mark == 'b') startMeter();
      else if (mark == 'e') printCost();
    }
  }
  printf("}\n");
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "about") == 0) {
    about("C poll loop", "any", ",\"ports\"");
  } else if (count > 3 && strcmp(arguments[1], "ports") == 0) {
    ports(count - 2, arguments + 2);
  } else {
    require(count > 2 && work(arguments[1], arguments[2], count - 3, arguments + 3), "no such work");
  }
  return 0;
}
