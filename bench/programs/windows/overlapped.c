// The floor under Windows: overlapped calls, each waited for, as baud's blocking port makes them.

#include <windows.h>
#include "../../harness/rounds.h"

static HANDLE port;
static OVERLAPPED reading, writing;

static void requireCall(BOOL succeeded, const char *call) {
  if (succeeded) return;
  fprintf(stderr, "%s: error %lu\n", call, GetLastError());
  exit(1);
}

// A read ends with the first byte, with all that is there by then. Wine has no other way to say so: see
// src/native/win32/timeouts.ts.
static void openPort(const char *path) {
  COMMTIMEOUTS timeouts = {.ReadIntervalTimeout = MAXDWORD};
  DCB line = {.DCBlength = sizeof line};
  char name[64];
  snprintf(name, sizeof name, "\\\\.\\%s", path);
  port = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
  requireCall(port != INVALID_HANDLE_VALUE, "CreateFile");
  requireCall(GetCommState(port, &line), "GetCommState");
  line.BaudRate = 9600;
  line.ByteSize = 8;
  line.Parity = NOPARITY;
  line.StopBits = ONESTOPBIT;
  requireCall(SetCommState(port, &line), "SetCommState");
  requireCall(SetCommTimeouts(port, &timeouts), "SetCommTimeouts");
  reading.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  writing.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
}

static void closePort(void) {
  CloseHandle(reading.hEvent);
  CloseHandle(writing.hEvent);
  requireCall(CloseHandle(port), "CloseHandle");
}

static DWORD transferred(OVERLAPPED *operation, BOOL done, const char *call) {
  DWORD count = 0;
  requireCall(done || GetLastError() == ERROR_IO_PENDING, call);
  if (!done) requireCall(WaitForSingleObject(operation->hEvent, INFINITE) == WAIT_OBJECT_0, "WaitForSingleObject");
  requireCall(GetOverlappedResult(port, operation, &count, FALSE), call);
  return count;
}

static void sendAll(const void *bytes, size_t count) {
  for (size_t sent = 0; sent < count;) {
    BOOL done = WriteFile(port, (const char *)bytes + sent, (DWORD)(count - sent), NULL, &writing);
    sent += transferred(&writing, done, "WriteFile");
  }
}

static void receiveAll(void *bytes, size_t count) {
  for (size_t have = 0; have < count;) {
    BOOL done = ReadFile(port, (char *)bytes + have, (DWORD)(count - have), NULL, &reading);
    have += transferred(&reading, done, "ReadFile");
  }
}

int main(int count, char **arguments) {
  const char *work = count > 1 ? arguments[1] : "";
  makePayload(BYTES);
  if (strcmp(work, "about") == 0) {
    printf("{\"name\":\"C, overlapped calls\",\"style\":\"blocking\",\"does\":[\"echo\",\"start\"]}\n");
    return 0;
  }
  require(count > 2, "usage: overlapped about | echo PATH SIZE WARM ROUNDS | start PATH");
  if (strcmp(work, "start") == 0) {
    start(arguments[2]);
    return 0;
  }
  require(count == 6 && strcmp(work, "echo") == 0, "no such work");
  openPort(arguments[2]);
  echo((size_t)atoi(arguments[3]), atol(arguments[4]), atol(arguments[5]));
  closePort();
  return 0;
}
