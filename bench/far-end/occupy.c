// Keeps a core busy, so that the kernel has no reason to move other work to it. It takes two: a waking thread goes where
// the load is lower, and the ends of the line together are the load of one.

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
  pid_t parent = getpid();
  int first = fork() != 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have ended before it was asked for.
  if (!first && getppid() != parent) return 1;
  for (;;) __asm__ volatile("");
}
