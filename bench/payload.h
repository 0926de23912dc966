// The bytes that travel, the same as in harness/payload.ts: what arrives is compared with what was sent.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A prime: no piece of the size of a page or a buffer can be missing without everything after it being wrong.
#define PERIOD 65521
#define PIECE 65536

static unsigned char payload[PERIOD + PIECE];

static void makePayload(void) {
  uint32_t state = 1;
  for (size_t i = 0; i < PERIOD; i++) {
    state = state * 1664525u + 1013904223u;
    payload[i] = (unsigned char)(state >> 24);
  }
  for (size_t i = PERIOD; i < sizeof payload; i++) payload[i] = payload[i - PERIOD];
}

// The bytes at a position of the stream, at most PIECE of them.
static const unsigned char *payloadAt(uint64_t position) {
  return payload + position % PERIOD;
}

static int isPayload(const unsigned char *bytes, size_t count, uint64_t position) {
  return memcmp(bytes, payloadAt(position), count) == 0;
}
