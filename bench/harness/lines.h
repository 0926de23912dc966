// Lines, in answer to requests and one after the other: questions.ts and class Lines in C. No library has calls for them.

static unsigned char pending[2 * PIECE];
static size_t first, last;

// The next line, without its end, within so many ms; it is in `pending` until the next call.
static const unsigned char *readLine(size_t *length, int milliseconds) {
  size_t looked = 0;
  for (;;) {
    unsigned char *end = memchr(pending + first + looked, '\n', last - first - looked);
    if (end != NULL) {
      const unsigned char *line = pending + first;
      *length = (size_t)(end - line);
      first += *length + 1;
      return line;
    }
    looked = last - first;
    if (sizeof pending - last < PIECE) {
      memmove(pending, pending + first, looked);
      first = 0;
      last = looked;
    }
    size_t count = receiveSome(pending + last, PIECE, milliseconds);
    require(count > 0, "no answer");
    last += count;
  }
}

static inline void ask(long warm, long rounds) {
  printf("{\"us\":[");
  for (long i = -warm; i < rounds; i++) {
    char request[64];
    size_t length = (size_t)sprintf(request, "MEAS:VOLT? %ld\n", i + warm + 1), answered;
    double began = seconds();
    sendAll(request, length);
    const unsigned char *answer = readLine(&answered, 500);
    double ended = seconds();
    require(answered + 1 == length && memcmp(answer, request, answered) == 0, "the answer is not the request");
    if (i >= 0) printRound(i, began, ended);
  }
  printf("]}\n");
}

static void readLines(uint64_t count) {
  uint64_t header[2] = {0, count * LINE_SIZE};
  size_t length;
  sendAll(header, sizeof header);
  for (uint64_t i = 0; i < count; i++) {
    const unsigned char *line = readLine(&length, -1);
    require(length == LINE_SIZE - 1 && isPayload(line, length, i * LINE_SIZE), "a line is not what was sent");
  }
  const unsigned char *verdict = readLine(&length, -1);
  require(length == 1 && *verdict == 'v', "no verdict after the last line");
}

static inline void lines(uint64_t warm, uint64_t count) {
  makePayload(LINES);
  readLines(warm);
  startMeter();
  readLines(count);
  printMeter();
}
