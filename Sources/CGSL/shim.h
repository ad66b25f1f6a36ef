// GSL as Swift can use it, and a keyed generator of random bits.
//
// GSL's generator types are global variables, its generators live on the heap and its error handler
// aborts the process: none of that suits Swift. The wrappers below build a generator on the stack
// around a stream's three words, for as long as one call lasts.
#pragma once
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_version.h>
#include <stddef.h>
#include <stdint.h>

// A stream of random numbers: a key of two words and how many numbers were drawn.
typedef struct {
  uint64_t key, salt, counter;
} sim_stream;

// The output function of SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
// Generators", OOPSLA 2014, with the constants of Stafford's variant 13): a bijection in which each
// input bit changes each output bit with probability near one half.
static inline uint64_t sim_mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

// The number with index `counter` of a stream. Two rounds with a word of key before each: with one
// round, all streams would be pieces of one sequence and could overlap.
static inline uint64_t sim_bits(uint64_t key, uint64_t salt, uint64_t counter) {
  return sim_mix(sim_mix(counter * 0x9e3779b97f4a7c15ull + key) ^ salt);
}

static inline unsigned long sim_rng_get(void *state) {
  sim_stream *s = (sim_stream *)state;
  s->counter += 1;
  return sim_bits(s->key, s->salt, s->counter);
}

// In (0, 1): the lowest of the 53 bits is always set, so neither end is reached.
static inline double sim_rng_get_double(void *state) {
  return (double)((sim_rng_get(state) >> 11) | 1) * 0x1p-53;
}

// A stream has its key from elsewhere; GSL may not seed it.
static inline void sim_rng_set(void *state, unsigned long seed) {
  (void)state;
  (void)seed;
}

static inline gsl_rng_type sim_rng_type(void) {
  gsl_rng_type type = {"keyed", ~0ul, 0, sizeof(sim_stream), sim_rng_set, sim_rng_get,
                       sim_rng_get_double};
  return type;
}

static inline unsigned int sim_poisson(sim_stream *stream, double mean) {
  gsl_rng_type type = sim_rng_type();
  gsl_rng rng = {&type, stream};
  return gsl_ran_poisson(&rng, mean);
}

static inline unsigned int sim_binomial(sim_stream *stream, double probability, unsigned int n) {
  gsl_rng_type type = sim_rng_type();
  gsl_rng rng = {&type, stream};
  return gsl_ran_binomial(&rng, probability, n);
}

// Returns `count` when the weights cannot be used.
static inline size_t sim_choice(sim_stream *stream, const double *weights, size_t count) {
  gsl_ran_discrete_t *table = gsl_ran_discrete_preproc(count, weights);
  if (table == NULL) return count;
  gsl_rng_type type = sim_rng_type();
  gsl_rng rng = {&type, stream};
  size_t index = gsl_ran_discrete(&rng, table);
  gsl_ran_discrete_free(table);
  return index;
}

// GSL's default error handler aborts the process; without it, functions answer NaN.
static inline void sim_gsl_prepare(void) { gsl_set_error_handler_off(); }

static inline const char *sim_gsl_version(void) { return gsl_version; }
