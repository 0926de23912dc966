// Rounds that follow one another, and a start: what programs in C share of round-trips.ts and laps.ts. The program defines:

static void openPort(const char *path);
static void closePort(void);
// Returns when all of it has been taken.
static void sendAll(const void *bytes, size_t count);
// Returns when all of it has arrived.
static void receiveAll(void *bytes, size_t count);

#include <time.h>
#include "check.h"
#include "payload.h"

static unsigned char buffer[PIECE];

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// The µs of one round of many, as an element of a JSON array.
static inline void printRound(long number, double began, double ended) {
  printf("%s%.2f", number == 0 ? "" : ",", (ended - began) * 1e6);
}

// The answer is checked when the clock has stopped.
static inline void echo(size_t size, long warm, long rounds) {
  printf("{\"us\":[");
  for (long i = -warm; i < rounds; i++) {
    uint64_t position = (uint64_t)(i + warm) * size;
    double began = seconds();
    sendAll(payloadAt(position), size);
    receiveAll(buffer, size);
    double ended = seconds();
    require(isPayload(buffer, size, position), "the answer is not what was sent");
    if (i >= 0) printRound(i, began, ended);
  }
  printf("]}\n");
}

static inline void start(const char *path) {
  double began = seconds();
  openPort(path);
  double opened = seconds();
  sendAll("!", 1);
  receiveAll(buffer, 1);
  double exchanged = seconds();
  require(buffer[0] == '!', "the answer is not what was sent");
  closePort();
  printf("{\"open\":%f,\"exchange\":%f,\"close\":%f}\n", (opened - began) * 1e3, (exchanged - opened) * 1e3,
         (seconds() - exchanged) * 1e3);
}
