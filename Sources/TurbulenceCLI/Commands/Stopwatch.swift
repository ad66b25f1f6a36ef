import Glibc

/// Real time, for figures that people read; never part of a world or of a report that is compared.
enum Stopwatch {
  /// Microseconds since some moment in the past; never goes back.
  static var microseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
