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

typedef struct {
  void *identity, *implementation;
} sim_executor;
typedef SIM_SWIFTCC sim_executor (*sim_main_original)(void);
typedef SIM_SWIFTCC sim_executor (*sim_main_hook)(sim_main_original original);

// What the hooks need: the key under which a thread keeps its tripwire, and the hooks set before.
typedef struct {
  pthread_key_t key;
  sim_job_hook global;
  sim_main_hook main;
  sim_delay_hook delay;
  sim_deadline_hook deadline;
} sim_hooks;

// Set once, before any simulator runs, and never again. It is static because a header has no other
// place for it; sim_tripwire_install is called from one place in one Swift file, so there is one copy
// that counts. It is local to a function because Swift emits only such variables of a header.
static sim_hooks *sim_installed(void) {
  static sim_hooks hooks;
  return &hooks;
}

// Whether the calling thread runs a simulator; notes the escape if so.
//
// The job is then dropped, not passed on: on another thread it would touch, at the same time as the
// simulator's own thread, state that is not protected. The run is over anyway.
static int sim_escaped(const char *where) {
  sim_tripwire *tripwire = (sim_tripwire *)pthread_getspecific(sim_installed()->key);
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
  if (sim_installed()->global) sim_installed()->global(job, original);
  else original(job);
}

// Whoever asks for the main actor's executor is about to go there: in Swift 6.3 nothing calls the
// hook that is meant for jobs of the main actor.
static SIM_SWIFTCC sim_executor sim_on_main(sim_main_original original) {
  sim_escaped("the main actor");
  return sim_installed()->main ? sim_installed()->main(original) : original();
}

static SIM_SWIFTCC void sim_on_delay(
    unsigned long long delay, void *job, sim_delay_original original) {
  if (sim_escaped("a real-time delay")) return;
  if (sim_installed()->delay) sim_installed()->delay(delay, job, original);
  else original(delay, job);
}

static SIM_SWIFTCC void sim_on_deadline(
    long long sec, long long nsec, long long tsec, long long tnsec, int clock, void *job,
    sim_deadline_original original) {
  if (sim_escaped("a real-time deadline")) return;
  if (sim_installed()->deadline) sim_installed()->deadline(sec, nsec, tsec, tnsec, clock, job, original);
  else original(sec, nsec, tsec, tnsec, clock, job);
}

// Sets the hooks. Returns how many the runtime has (4 in Swift 6.3), and the key under which a
// thread keeps the tripwire of the simulator that it runs.
static inline int sim_tripwire_install(pthread_key_t *key) {
  int found = 0;
  sim_hooks *hooks = sim_installed();
  if (pthread_key_create(&hooks->key, NULL) != 0) return 0;
  *key = hooks->key;
  sim_job_hook *global = (sim_job_hook *)dlsym(NULL, "swift_task_enqueueGlobal_hook");
  if (global) hooks->global = *global, *global = sim_on_global, found++;
  sim_main_hook *main = (sim_main_hook *)dlsym(NULL, "swift_task_getMainExecutor_hook");
  if (main) hooks->main = *main, *main = sim_on_main, found++;
  sim_delay_hook *delay =
      (sim_delay_hook *)dlsym(NULL, "swift_task_enqueueGlobalWithDelay_hook");
  if (delay) hooks->delay = *delay, *delay = sim_on_delay, found++;
  sim_deadline_hook *deadline =
      (sim_deadline_hook *)dlsym(NULL, "swift_task_enqueueGlobalWithDeadline_hook");
  if (deadline) hooks->deadline = *deadline, *deadline = sim_on_deadline, found++;
  return found;
}

// dladdr, which glibc's headers only show to programs that define _GNU_SOURCE.
typedef struct {
  const char *dli_fname;
  void *dli_fbase;
  const char *dli_sname;
  void *dli_saddr;
} sim_symbol;
int sim_dladdr(const void *address, sim_symbol *symbol) __asm__("dladdr");

// The name of the function that holds an address, demangled, or NULL. To be freed.
char *swift_demangle(
    const char *name, size_t length, char *buffer, size_t *size, uint32_t flags);

static inline char *sim_function_name(const void *address) {
  sim_symbol info;
  // One byte back: a return address may lie after the end of the function that called.
  if (sim_dladdr((const char *)address - 1, &info) == 0 || info.dli_sname == NULL) return NULL;
  size_t length = 0;
  while (info.dli_sname[length]) length++;
  return swift_demangle(info.dli_sname, length, NULL, NULL, 0);
}

// The file that holds an address, or NULL. Not to be freed.
static inline const char *sim_image_name(const void *address, uintptr_t *offset) {
  sim_symbol info;
  if (sim_dladdr(address, &info) == 0) return NULL;
  *offset = (uintptr_t)address - (uintptr_t)info.dli_fbase;
  return info.dli_fname;
}

// The identity of the task that a job continues, unique in this process; for other jobs see the kind
// in the lowest byte of the flags (0 is a task).
SIM_SWIFTCC uint64_t swift_task_getJobTaskId(void *job);
SIM_SWIFTCC size_t swift_task_getJobFlags(void *job);
