// What some work took: meter.ts in C.

#include <sys/resource.h>
#include <unistd.h>

static struct {
  double before, cpu, began;
} meter;

static double cpuSeconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

// MB of memory. Source: proc_pid_status(5), VmRSS and VmHWM.
static double memory(const char *name) {
  char line[256];
  unsigned long kilobytes = 0;
  FILE *status = fopen("/proc/self/status", "r");
  if (status == NULL) fail("/proc/self/status");
  while (fgets(line, sizeof line, status) != NULL) {
    if (strncmp(line, name, strlen(name)) == 0) kilobytes = strtoul(line + strlen(name) + 1, NULL, 10);
  }
  fclose(status);
  return (double)kilobytes * 1024 / 1e6;
}

static inline void startMeter(void) {
  meter.before = memory("VmRSS");
  meter.cpu = cpuSeconds();
  meter.began = seconds();
}

// As the members of a JSON object.
static inline void printCost(void) {
  double took = seconds() - meter.began, used = cpuSeconds() - meter.cpu;
  printf("\"seconds\":%.6f,\"cpu\":%.6f,\"before\":%.3f,\"after\":%.3f,\"peak\":%.3f", took, used, meter.before,
         memory("VmRSS"), memory("VmHWM"));
}

static inline void printMeter(void) {
  printf("{");
  printCost();
  printf("}\n");
}
