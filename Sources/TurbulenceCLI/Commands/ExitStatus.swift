/// Exit codes of the command line; each class of failure has its own.
package enum ExitStatus {
  package static let pass: Int32 = 0
  package static let violated: Int32 = 1
  package static let inconclusive: Int32 = 2
  package static let stuck: Int32 = 3
  package static let nondeterministic: Int32 = 4
  package static let coverage: Int32 = 5
  /// Wrong usage or a fault in a scenario file (`EX_USAGE`).
  package static let usage: Int32 = 64
  /// An internal error, output or a report that cannot be written (`EX_SOFTWARE`).
  package static let internalError: Int32 = 70

  /// The code that stands for several runs: what makes all else doubtful comes first.
  package static func worst(_ codes: some Sequence<Int32>) -> Int32 {
    let priority: [Int32] = [nondeterministic, violated, stuck, inconclusive, coverage]
    let seen = Array(codes)
    return priority.first(where: seen.contains) ?? pass
  }

  /// What `--help` says of them.
  static let help = """
    EXIT CODES:
      0 pass, 1 invariant violated, 2 inconclusive (a limit was hit), 3 stuck,
      4 nondeterministic or left the simulation, 5 a required mark was not reached,
      64 usage or scenario error, 70 internal error or output that cannot be written,
      130 or 143 a check ended by SIGINT or SIGTERM
    """
}
