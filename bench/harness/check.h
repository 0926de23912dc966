// What does not hold ends the program.

#include <stdio.h>
#include <stdlib.h>

static inline void fail(const char *what) {
  perror(what);
  exit(1);
}

static inline void require(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s\n", what);
  exit(1);
}
