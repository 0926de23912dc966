// The far end of many lines, as if they had this speed: messages go out at fixed times, the program under test sends
// them back, and the time until the last byte of each is back is taken here. Few lines warm up faster than their speed, so
// that the program has done its work as often as with many.
//
//   traffic PORTS BITS-PER-SECOND WARM-SECONDS SECONDS
//
// Prints the paths, the first of which is for marks: it waits for 'g' there, warms up, sends 'b' when the
// time that counts begins, 'e' when it ends, and 'q' when nothing is under way any more. Then it prints, of the messages
// in between, how many there were, how many have come back, and after how many µs.

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include "../harness/payload.h"
#include "master.h"

// As often as this a line brings a message, of what its speed carries in that time.
#define MESSAGES_PER_SECOND 100
#define BITS_PER_BYTE 10

// Of all lines together, at least, while they warm up.
#define WARM_MESSAGES_PER_SECOND 4000

// What is not back so long after the last message is lost.
#define PATIENCE 2.0

#define MOST_LINES 1024

static struct {
  int master;
  // Bytes that should have been sent by now, those that were, and those that have come back.
  uint64_t due, sent, back;
} lines[MOST_LINES];

static unsigned char buffer[PIECE];
static int count, poller, control;
static size_t size;
static double began, warmRate;
// The messages of all lines, in the order in which they go out, that count.
static uint64_t from, to;
static double *delays;
static size_t returned;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// When a message goes out: each line has its turn, and they are spread evenly.
static double dueTime(uint64_t message) {
  if (message < from) return began + (double)message / warmRate;
  return began + (double)from / warmRate + (double)(message - from) / count / MESSAGES_PER_SECOND;
}

static void sendDue(int i) {
  while (lines[i].sent < lines[i].due) {
    ssize_t taken = write(lines[i].master, payloadAt(lines[i].sent), lines[i].due - lines[i].sent);
    // The program is behind: what is left goes with the line's next message.
    if (taken < 0 && errno == EAGAIN) return;
    if (taken < 0) fail("write");
    lines[i].sent += (uint64_t)taken;
  }
}

// Takes what has come back on a line, and the time of each message that is complete with it.
static void takeBack(int i) {
  ssize_t in = read(lines[i].master, buffer, sizeof buffer);
  if (in < 0 && errno == EAGAIN) return;
  if (in < 0) fail("read");
  double at = now();
  require(isPayload(buffer, (size_t)in, lines[i].back), "what came back is not what was sent");
  uint64_t complete = lines[i].back / size;
  lines[i].back += (uint64_t)in;
  for (; complete < lines[i].back / size; complete++) {
    uint64_t message = complete * (uint64_t)count + (uint64_t)i;
    if (message >= from && message < to) delays[returned++] = at - dueTime(message);
  }
}

static void waitUntil(double time) {
  double left = time - now();
  if (left < 0) left = 0;
  struct timespec timeout = {.tv_sec = (time_t)left, .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
  struct epoll_event events[64];
  int ready = epoll_pwait2(poller, events, 64, &timeout, NULL);
  for (int i = 0; i < ready; i++) takeBack(events[i].data.fd);
}

static void mark(char what) {
  if (write(control, &what, 1) != 1) fail("mark");
}

static void openLines(void) {
  control = openMaster();
  puts(ptsname(control));
  poller = epoll_create1(0);
  for (int i = 0; i < count; i++) {
    int master = lines[i].master = openMaster();
    struct epoll_event entry = {.events = EPOLLIN, .data.fd = i};
    if (fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK) < 0) fail("fcntl");
    if (epoll_ctl(poller, EPOLL_CTL_ADD, master, &entry) < 0) fail("epoll");
    puts(ptsname(master));
  }
  fflush(stdout);
}

static void exchange(void) {
  for (uint64_t message = 0; message < to; message++) {
    if (message == from) mark('b');
    while (now() < dueTime(message)) waitUntil(dueTime(message));
    int i = (int)(message % (uint64_t)count);
    lines[i].due += size;
    sendDue(i);
  }
  mark('e');
  for (double end = now() + PATIENCE; now() < end && returned < to - from;) {
    for (int i = 0; i < count; i++) sendDue(i);
    waitUntil(now() + 0.01);
  }
  mark('q');
}

static int ascending(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

static double quantile(double part) {
  return returned == 0 ? 0 : delays[(size_t)((double)(returned - 1) * part)] * 1e6;
}

int main(int given, char **arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_TIMERSLACK, 1);
  require(given == 5, "usage: traffic PORTS BITS-PER-SECOND WARM-SECONDS SECONDS");
  count = atoi(arguments[1]);
  require(count > 0 && count <= MOST_LINES, "too many ports");
  size = (size_t)(atoi(arguments[2]) / BITS_PER_BYTE / MESSAGES_PER_SECOND);
  warmRate = count * MESSAGES_PER_SECOND;
  if (warmRate < WARM_MESSAGES_PER_SECOND) warmRate = WARM_MESSAGES_PER_SECOND;
  from = (uint64_t)(atof(arguments[3]) * warmRate);
  to = from + (uint64_t)(atof(arguments[4]) * MESSAGES_PER_SECOND) * (uint64_t)count;
  delays = calloc(to - from, sizeof *delays);
  makePayload(BYTES);
  openLines();
  char go = 0;
  if (read(control, &go, 1) != 1 || go != 'g') fail("go");
  began = now();
  exchange();
  qsort(delays, returned, sizeof *delays, ascending);
  printf("{\"sent\":%lu,\"returned\":%zu,\"p50\":%.1f,\"p99\":%.1f}\n", (unsigned long)(to - from), returned,
         quantile(0.5), quantile(0.99));
  fflush(stdout);
  pause();
}
