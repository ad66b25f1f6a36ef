/// How every invariant fared: counts of evaluations, of true antecedents, and of violations.
///
/// All checkers of one auditor write into the same.
final class Findings {
  /// How many violations of one invariant are kept with their explanation.
  static let kept = 20

  private var checked = [Int](repeating: 0, count: Invariant.allCases.count)
  private var exercised = [Int](repeating: 0, count: Invariant.allCases.count)
  private var violated = [Int](repeating: 0, count: Invariant.allCases.count)
  private var first = [Int64?](repeating: nil, count: Invariant.allCases.count)
  private var stored: [Violation] = []
  private var seen: Set<String> = []

  /// Counts one evaluation; `exercised` says whether the antecedent was true.
  func check(_ invariant: Invariant, exercised isExercised: Bool = true) {
    checked[invariant.rawValue] += 1
    if isExercised { exercised[invariant.rawValue] += 1 }
  }

  /// Counts one violation, once per booking and subject however often it is seen.
  ///
  /// - Parameters:
  ///   - at: virtual microseconds.
  ///   - subject: what of the booking is wrong; distinguishes two violations of one booking.
  func violate(
    _ invariant: Invariant, at: Int64, booking: String, subject: String = "",
    _ explanation: @autoclosure () -> String
  ) {
    guard seen.insert("\(invariant.rawValue)|\(booking)|\(subject)").inserted else { return }
    let index = invariant.rawValue
    violated[index] += 1
    first[index] = min(first[index] ?? at, at)
    guard violated[index] <= Self.kept else { return }
    stored.append(
      Violation(
        invariant: invariant.id, atMicroseconds: at, bookingID: booking,
        explanation: explanation()))
  }

  /// How often an invariant's antecedent was true.
  func timesExercised(_ invariant: Invariant) -> Int { exercised[invariant.rawValue] }

  /// One row per invariant, in the order of the catalogue.
  var results: [InvariantResult] {
    InvariantCatalogue.entries.map { entry in
      let index = entry.invariant.rawValue
      return InvariantResult(
        id: entry.id, statement: entry.statement, checked: checked[index],
        exercised: exercised[index], violations: violated[index],
        firstViolationMicroseconds: first[index])
    }
  }

  /// The violations that were kept, by time; those of one moment in order of discovery.
  var violations: [Violation] {
    stored.enumerated()
      .sorted { ($0.element.atMicroseconds, $0.offset) < ($1.element.atMicroseconds, $1.offset) }
      .map(\.element)
  }
}
