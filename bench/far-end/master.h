// The master of a pseudo-terminal: the end of the line that no program under test sees.

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>
#include "../harness/check.h"

static int openMaster(void) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) fail("posix_openpt");
  // Held open: a master whose slave nobody has open gives EIO, before the program comes and after it has gone.
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  struct termios line;
  if (slave < 0 || tcgetattr(slave, &line) < 0) fail("slave");
  cfmakeraw(&line);
  if (tcsetattr(slave, TCSANOW, &line) < 0) fail("tcsetattr");
  return master;
}
