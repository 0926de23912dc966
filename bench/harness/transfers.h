// Bytes both ways at once, and a slow reader: transfer.ts and pace.ts in C. The program defines:

// What is taken or there at once; 0 when that is nothing.
static size_t trySend(const void *bytes, size_t count);
static size_t tryReceive(void *bytes, size_t most);
// Waits until something has arrived or, where that is asked for, there is room to send, and says which, or both where the
// library does not tell.
enum { ARRIVED = 1, ROOM = 2 };
static int waitForEither(int orRoom);
// At least one byte, with all that is there; 0 when the time is up, which -1 never is.
static size_t receiveSome(void *bytes, size_t most, int milliseconds);

#define BYTES_PER_MILLISECOND 4096

// Takes what has arrived after so many bytes; true when that was the last.
static int arrived(size_t count, uint64_t *received, uint64_t receive) {
  size_t data = count < receive - *received ? count : (size_t)(receive - *received);
  require(isPayload(buffer, data, *received), "what was received is not what was sent");
  *received += data;
  if (data == count) return 0;
  require(buffer[data] == 'v', "the far end got other bytes than were sent");
  return 1;
}

static inline void transfer(uint64_t send, uint64_t receive, size_t piece) {
  uint64_t header[2] = {send, receive}, sent = 0, received = 0;
  size_t offered = 0;
  int ready = ROOM, done = 0;
  sendAll(header, sizeof header);
  while (!done) {
    // What was offered once is offered until it was taken, as a program does with its messages.
    if (offered == 0) offered = send - sent < piece ? (size_t)(send - sent) : piece;
    if (offered > 0 && (ready & ROOM)) {
      size_t out = trySend(payloadAt(sent), offered);
      sent += out;
      offered -= out;
      // Taken whole, and nothing to come but the verdict: there is no use in asking.
      if (offered == 0 && received == receive && sent < send) continue;
    }
    ready = waitForEither(offered > 0 || sent < send);
    size_t in = ready & ARRIVED ? tryReceive(buffer, sizeof buffer) : 0;
    done = in > 0 && arrived(in, &received, receive);
  }
  require(sent == send, "the far end was done too soon");
}

static inline void stream(uint64_t warm, uint64_t send, uint64_t receive, size_t piece) {
  transfer(send > 0 ? warm : 0, receive > 0 ? warm : 0, piece);
  startMeter();
  transfer(send, receive, piece);
  printMeter();
}

static inline void slow(uint64_t receive) {
  uint64_t header[2] = {0, receive}, received = 0;
  size_t owed = 0;
  startMeter();
  sendAll(header, sizeof header);
  for (;;) {
    size_t count = receiveSome(buffer, sizeof buffer, -1);
    owed += count;
    usleep((useconds_t)(owed / BYTES_PER_MILLISECOND * 1000));
    owed %= BYTES_PER_MILLISECOND;
    if (arrived(count, &received, receive)) break;
  }
  printMeter();
}
