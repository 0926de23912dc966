// The command line of program.ts, for programs in C.

#include "rounds.h"
#include "meter.h"
#include "transfers.h"
#include "lines.h"

// With a name and, separated by commas and in quotation marks, what else it does.
static inline void about(const char *name, const char *style, const char *more) {
  printf("{\"name\":\"%s\",\"style\":\"%s\",\"does\":[\"echo\",\"ask\",\"start\",\"stream\",\"slow\",\"lines\"%s]}\n", name,
         style, more);
}

// Does what is asked for at a path; false when it is something else.
static inline int work(const char *name, const char *path, int count, char **numbers) {
  uint64_t given[4] = {0};
  for (int i = 0; i < count && i < 4; i++) given[i] = strtoull(numbers[i], NULL, 10);
  makePayload(BYTES);
  if (strcmp(name, "start") == 0) {
    start(path);
    return 1;
  }
  openPort(path);
  if (strcmp(name, "echo") == 0) echo(given[0], (long)given[1], (long)given[2]);
  else if (strcmp(name, "ask") == 0) ask((long)given[0], (long)given[1]);
  else if (strcmp(name, "stream") == 0) stream(given[0], given[1], given[2], given[3]);
  else if (strcmp(name, "slow") == 0) slow(given[0]);
  else if (strcmp(name, "lines") == 0) lines(given[0], given[1]);
  else return 0;
  closePort();
  return 1;
}
