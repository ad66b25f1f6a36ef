package import FakeVendors
package import Simulation

/// Draws the faults of a table by the shares of a scenario.
package struct FaultDraw<Fault: DeclaredFault>: Sendable {
  /// A fault that was hit, and how reports name it.
  package struct Hit: Sendable {
    package var fault: Fault
    package var name: String
    package var detail: String
  }

  /// A row that can be hit.
  private struct Armed: Sendable {
    var row: FaultRow<Fault>
    var share: Share
    /// What its parameters are drawn from, in order.
    var draws: [(name: String, from: Draw)]
  }

  /// How one parameter is drawn in this scenario.
  private enum Draw: Sendable {
    case time(Distribution)
    case odds(Share, outcome: Bool)
    case coin
    case whole(first: Int64, count: Int, step: Int64)
    case word([String])
  }

  /// In the table's order; those that never happen are left out, which moves no other.
  private let armed: [Armed]
  /// The longest that a time can be.
  private let longest: Duration

  /// Prepares the draws of a scenario.
  /// - Parameter longest: what a time is cut down to.
  package init(_ shares: FaultShares, longest: Duration = .seconds(100 * 366 * 86_400)) {
    self.longest = longest
    armed = Fault.table.compactMap { row in
      let name = row.declaration.name
      let share = shares[name].share
      guard share != .never else { return nil }
      let draws = row.declaration.parameters.compactMap { parameter in
        Self.draw(parameter, name, shares).map { (parameter.name, $0) }
      }
      return Armed(row: row, share: share, draws: draws)
    }
  }

  /// Returns the fault that a call meets, if any; the first uniform of the stream decides.
  package func hit(_ operation: String, _ stream: inout RandomStream) -> Hit? {
    guard !armed.isEmpty else { return nil }
    var draw = ExclusiveDraw(&stream)
    for armed in armed
    where armed.row.declaration.reach.meets(operation) && draw.hits(armed.share) {
      var values = FaultValues()
      for (name, from) in armed.draws { values[name] = sample(from, &stream) }
      return Hit(
        fault: armed.row.make(values), name: armed.row.declaration.name,
        detail: armed.row.detail(values))
    }
    return nil
  }

  private static func draw(
    _ parameter: FaultParameter, _ fault: String, _ shares: FaultShares
  ) -> Draw? {
    let setting = parameter.source.map { shares[$0.key ?? fault] }
    return switch parameter.kind {
    case .time(let usual): .time(setting?.after ?? usual.distribution)
    case .odds(let usual, let outcome):
      .odds(
        setting.map { parameter.source?.part == .fails ? $0.fails : $0.share }
          ?? Share(partsPerMillion: usual), outcome: outcome)
    case .coin: .coin
    case .whole(let first, let count, let step, _): .whole(first: first, count: count, step: step)
    case .word(let words): .word(words)
    case .wait, .text: nil
    }
  }

  private func sample(_ draw: Draw, _ stream: inout RandomStream) -> FaultValue {
    switch draw {
    case .time(let distribution): .time(min(stream.delay(distribution), longest))
    case .odds(let share, let outcome):
      .bool(stream.chance(partsPerMillion: share.partsPerMillion) == outcome)
    case .coin: .bool(stream.index(below: 2) == 0)
    case .whole(let first, let count, let step):
      .whole(first + Int64(stream.index(below: count)) * step)
    case .word(let words): .text(words[stream.index(below: words.count)])
    }
  }
}
