// Notices jobs that leave a simulator.
//
// The Swift runtime calls a hook, where one is set, for every job that goes to the global executor
// or to the main one. A job that goes there from a thread that is running a simulator has escaped
// it. Hook names and signatures: swift/stdlib/public/CompatibilityOverride and
// include/swift/Runtime/Concurrency.h of Swift 6.3.
#pragma once
#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#define SIM_SWIFTCC __attribute__((swiftcall))
enum { sim_frames = 32 };

// What a simulator learns of the first job that escaped it, and how many did.
typedef struct {
  uint64_t escapes;
  const char *where;
  int frame_count;
  void *frames[sim_frames];
} sim_tripwire;

typedef SIM_SWIFTCC void (*sim_job_original)(void *job);
typedef SIM_SWIFTCC void (*sim_job_hook)(void *job, sim_job_original original);
typedef SIM_SWIFTCC void (*sim_delay_original)(unsigned long long delay, void *job);
typedef SIM_SWIFTCC void (*sim_delay_hook)(
    unsigned long long delay, void *job, sim_delay_original original);
typedef SIM_SWIFTCC void (*sim_deadline_original)(
    long long sec, long long nsec, long long tsec, long long tnsec, int clock, void *job);
typedef SIM_SWIFTCC void (*sim_deadline_hook)(
    long long sec, long long nsec, long long tsec, long long tnsec, int clock, void *job,
    sim_deadline_original original);

// These are set once, before any simulator runs, and never again. They are static because a header
// has no other place for them; sim_tripwire_install is called from one place in one Swift file, so
// there is one copy that counts.
static pthread_key_t sim_tripwire_key;
static sim_job_hook sim_next_global, sim_next_main;
static sim_delay_hook sim_next_delay;
static sim_deadline_hook sim_next_deadline;

// Whether the calling thread runs a simulator; notes the escape if so.
//
// The job is then dropped, not passed on: on another thread it would touch, at the same time as the
// simulator's own thread, state that is not protected. The run is over anyway.
static int sim_escaped(const char *where) {
  sim_tripwire *tripwire = (sim_tripwire *)pthread_getspecific(sim_tripwire_key);
  if (tripwire == NULL) return 0;
  if (tripwire->escapes == 0) {
    tripwire->where = where;
    tripwire->frame_count = backtrace(tripwire->frames, sim_frames);
  }
  tripwire->escapes += 1;
  return 1;
}

static SIM_SWIFTCC void sim_on_global(void *job, sim_job_original original) {
  if (sim_escaped("the global executor")) return;
  if (sim_next_global) sim_next_global(job, original);
  else original(job);
}

static SIM_SWIFTCC void sim_on_main(void *job, sim_job_original original) {
  if (sim_escaped("the main actor")) return;
  if (sim_next_main) sim_next_main(job, original);
  else original(job);
}

static SIM_SWIFTCC void sim_on_delay(
    unsigned long long delay, void *job, sim_delay_original original) {
  if (sim_escaped("a real-time delay")) return;
  if (sim_next_delay) sim_next_delay(delay, job, original);
  else original(delay, job);
}

static SIM_SWIFTCC void sim_on_deadline(
    long long sec, long long nsec, long long tsec, long long tnsec, int clock, void *job,
    sim_deadline_original original) {
  if (sim_escaped("a real-time deadline")) return;
  if (sim_next_deadline) sim_next_deadline(sec, nsec, tsec, tnsec, clock, job, original);
  else original(sec, nsec, tsec, tnsec, clock, job);
}

// Sets the hooks. Returns how many the runtime has (4 in Swift 6.3), and the key under which a
// thread keeps the tripwire of the simulator that it runs.
static inline int sim_tripwire_install(pthread_key_t *key) {
  int found = 0;
  if (pthread_key_create(&sim_tripwire_key, NULL) != 0) return 0;
  *key = sim_tripwire_key;
  sim_job_hook *global = (sim_job_hook *)dlsym(NULL, "swift_task_enqueueGlobal_hook");
  if (global) sim_next_global = *global, *global = sim_on_global, found++;
  sim_job_hook *main = (sim_job_hook *)dlsym(NULL, "swift_task_enqueueMainExecutor_hook");
  if (main) sim_next_main = *main, *main = sim_on_main, found++;
  sim_delay_hook *delay =
      (sim_delay_hook *)dlsym(NULL, "swift_task_enqueueGlobalWithDelay_hook");
  if (delay) sim_next_delay = *delay, *delay = sim_on_delay, found++;
  sim_deadline_hook *deadline =
      (sim_deadline_hook *)dlsym(NULL, "swift_task_enqueueGlobalWithDeadline_hook");
  if (deadline) sim_next_deadline = *deadline, *deadline = sim_on_deadline, found++;
  return found;
}

// The name of the function that holds an address, demangled, or NULL. To be freed.
char *swift_demangle(
    const char *name, size_t length, char *buffer, size_t *size, uint32_t flags);

static inline char *sim_function_name(const void *address) {
  Dl_info info;
  // One byte back: a return address may lie after the end of the function that called.
  if (dladdr((const char *)address - 1, &info) == 0 || info.dli_sname == NULL) return NULL;
  size_t length = 0;
  while (info.dli_sname[length]) length++;
  return swift_demangle(info.dli_sname, length, NULL, NULL, 0);
}

// The file that holds an address, or NULL. Not to be freed.
static inline const char *sim_image_name(const void *address, uintptr_t *offset) {
  Dl_info info;
  if (dladdr(address, &info) == 0) return NULL;
  *offset = (uintptr_t)address - (uintptr_t)info.dli_fbase;
  return info.dli_fname;
}

// The identity of the task that a job continues, unique in this process; for other jobs see the kind
// in the lowest byte of the flags (0 is a task).
SIM_SWIFTCC uint64_t swift_task_getJobTaskId(void *job);
SIM_SWIFTCC size_t swift_task_getJobFlags(void *job);
