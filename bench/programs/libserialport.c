// libserialport, which sigrok uses: a library for C.

#define _GNU_SOURCE
#include <errno.h>
#include <libserialport.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include "../harness/program.h"

// In place of the C library's: libserialport opens nothing that has no control lines, and a pseudo-terminal has none. It
// sets them when it opens; no byte comes through here.
int ioctl(int fd, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (request == TIOCMBIS || request == TIOCMBIC) return 0;
  if (request != TIOCMGET) return (int)syscall(SYS_ioctl, fd, request, argument);
  *(int *)argument = 0;
  return 0;
}

static struct sp_port *port;
static struct sp_event_set *something, *somethingOrRoom;

static size_t checked(int result, const char *what) {
  if (result >= 0) return (size_t)result;
  fprintf(stderr, "%s: %s\n", what, result == SP_ERR_FAIL ? sp_last_error_message() : "misuse");
  exit(1);
}

static struct sp_event_set *eventSet(enum sp_event events) {
  struct sp_event_set *set;
  checked(sp_new_event_set(&set), "sp_new_event_set");
  checked(sp_add_port_events(set, port, events), "sp_add_port_events");
  return set;
}

// It opens what has an entry in /sys/class/tty that is a link, which a pseudo-terminal has not. A link of our own will
// do, by a name that leads to it from there as from /dev.
static void openPort(const char *path) {
  char name[64], *link = name + strlen("/dev/../../..");
  snprintf(name, sizeof name, "/dev/../../../tmp/baud-bench-%d", (int)getpid());
  if (symlink(path, link) < 0) fail(link);
  checked(sp_get_port_by_name(name, &port), "sp_get_port_by_name");
  checked(sp_open(port, SP_MODE_READ_WRITE), path);
  unlink(link);
  checked(sp_set_baudrate(port, 9600), "sp_set_baudrate");
  something = eventSet(SP_EVENT_RX_READY);
  somethingOrRoom = eventSet(SP_EVENT_RX_READY | SP_EVENT_TX_READY);
}

static void closePort(void) {
  sp_free_event_set(something);
  sp_free_event_set(somethingOrRoom);
  checked(sp_close(port), "sp_close");
  sp_free_port(port);
}

// That there is no room it calls a failure.
static size_t trySend(const void *bytes, size_t count) {
  int taken = sp_nonblocking_write(port, bytes, count);
  if (taken == SP_ERR_FAIL && sp_last_error_code() == EAGAIN) return 0;
  return checked(taken, "sp_nonblocking_write");
}

static size_t tryReceive(void *bytes, size_t most) {
  return checked(sp_nonblocking_read(port, bytes, most), "sp_nonblocking_read");
}

static int waitForEither(int orRoom) {
  checked(sp_wait(orRoom ? somethingOrRoom : something, 0), "sp_wait");
  return ARRIVED | ROOM;
}

static void sendAll(const void *bytes, size_t count) {
  checked(sp_blocking_write(port, bytes, count, 0), "sp_blocking_write");
}

// For these calls, 0 ms mean for ever.
static size_t receiveSome(void *bytes, size_t most, int milliseconds) {
  return checked(sp_blocking_read_next(port, bytes, most, milliseconds < 0 ? 0 : (unsigned)milliseconds), "sp_blocking_read_next");
}

static void receiveAll(void *bytes, size_t count) {
  checked(sp_blocking_read(port, bytes, count, 0), "sp_blocking_read");
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "about") == 0) {
    about("libserialport " SP_PACKAGE_VERSION_STRING, "blocking", "");
  } else {
    require(count > 2 && work(arguments[1], arguments[2], count - 3, arguments + 3), "no such work");
  }
  return 0;
}
