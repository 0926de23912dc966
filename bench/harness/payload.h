// The bytes that travel, the same as in payload.ts: what arrives is compared with what was sent.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PIECE 65536

// The lines that travel, of this many characters with their end, and how many there are.
#define LINE_SIZE 64
#define LINE_COUNT 1009

// Primes: no piece of the size of a page or a buffer can be missing without everything after it being wrong.
static enum { BYTES = 65521, LINES = LINE_COUNT * LINE_SIZE } period = BYTES;

static unsigned char payload[BYTES + PIECE];

static inline void makePayload(int kind) {
  uint32_t state = 1;
  period = kind;
  for (size_t i = 0; i < period; i++) {
    state = state * 1664525u + 1013904223u;
    unsigned char byte = (unsigned char)(state >> 24);
    payload[i] = kind == BYTES ? byte : (unsigned char)(i % LINE_SIZE == LINE_SIZE - 1 ? '\n' : 'A' + byte % 26);
  }
  for (size_t i = period; i < period + PIECE; i++) payload[i] = payload[i - period];
}

// The bytes at a position of the stream, at most PIECE of them.
static inline const unsigned char *payloadAt(uint64_t position) {
  return payload + position % period;
}

static inline int isPayload(const unsigned char *bytes, size_t count, uint64_t position) {
  return memcmp(bytes, payloadAt(position), count) == 0;
}
