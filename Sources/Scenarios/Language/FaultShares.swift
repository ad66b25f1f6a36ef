package import FakeVendors
package import Simulation

/// How often each fault of a table happens, and what it is told: one setting for each key that a
/// scenario can write.
package struct FaultShares: Sendable, Hashable {
  /// What stands behind a key; what the key has no part for is not used.
  package struct Setting: Sendable, Hashable {
    /// How often.
    package var share: Share
    /// How much later, in seconds.
    package var after: Distribution
    /// Of those, how many fail.
    package var fails: Share

    /// How often and how much later.
    package var chance: Chance {
      get { Chance(share: share, after: after) }
      set { (share, after) = (newValue.share, newValue.after) }
    }
  }

  /// Looked up by key only.
  private var settings: [String: Setting] = [:]

  /// Creates the settings of a table in which nothing goes wrong.
  package init(_ declarations: [FaultDeclaration]) {
    for key in FaultKey.all(declarations) { settings[key.name] = key.usual }
  }

  /// The setting of a key.
  /// - Precondition: the table has the key.
  package subscript(name: String) -> Setting {
    get {
      guard let setting = settings[name] else {
        preconditionFailure("no fault has a key '\(name)'")
      }
      return setting
    }
    set {
      precondition(settings[name] != nil, "no fault has a key '\(name)'")
      settings[name] = newValue
    }
  }
}

/// A key of a service's section that a table of faults makes.
struct FaultKey {
  var name: String
  var about: String
  /// Whether it asks for a fault; the others say more about the one before.
  var isFault: Bool
  var hasShare: Bool
  var hasDelay = false
  var hasFails = false
  /// What it is unless a scenario says otherwise.
  var usual = FaultShares.Setting(share: .never, after: .constant(0), fails: .never)

  /// The keys of all faults, those with more to say behind their fault.
  static func all(_ declarations: [FaultDeclaration]) -> [FaultKey] {
    var keys: [FaultKey] = []
    for fault in declarations {
      var own = [FaultKey(name: fault.name, about: fault.about, isFault: true, hasShare: true)]
      for parameter in fault.parameters {
        guard let source = parameter.source else { continue }
        let name = source.key ?? fault.name
        if !own.contains(where: { $0.name == name }) {
          own.append(FaultKey(name: name, about: source.about, isFault: false, hasShare: false))
        }
        let index = own.firstIndex { $0.name == name } ?? 0
        own[index].add(source.part, parameter.kind)
      }
      keys += own
    }
    return keys
  }

  private mutating func add(
    _ part: FaultParameter.Source.Part, _ kind: FaultParameter.Kind
  ) {
    switch (part, kind) {
    case (.share, .odds(let parts, _)):
      hasShare = true
      usual.share = Share(partsPerMillion: parts)
    case (.fails, .odds(let parts, _)):
      hasFails = true
      usual.fails = Share(partsPerMillion: parts)
    case (.after, .time(let delay)):
      hasDelay = true
      usual.after = delay.distribution
    default: preconditionFailure("'\(name)' cannot set \(part) of \(kind)")
    }
  }
}

extension FaultDelay {
  /// The distribution, as it is sampled.
  package var distribution: Distribution {
    switch self {
    case .exponential(let mean): .exponential(mean: mean)
    case .uniform(let low, let high): .uniform(low: low, high: high)
    }
  }
}
