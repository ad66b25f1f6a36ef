/// What a fault is called, what it does, which operations it can meet and what it can be told: all that
/// scenarios, orders on sockets and their help need to know about it.
public struct FaultDeclaration: Sendable, Hashable {
  /// Its name in scenarios, orders and reports: `cancel-conflict`.
  public let name: String
  /// What it does, for people, in half a sentence.
  public let about: String
  /// The operations that a scenario lets it meet.
  public let reach: FaultReach
  /// What it is told, in the order in which a scenario draws it.
  public let parameters: [FaultParameter]

  /// Creates a declaration.
  public init(
    _ name: String, _ reach: FaultReach = .every, _ about: String,
    _ parameters: [FaultParameter] = []
  ) {
    self.name = name
    self.about = about
    self.reach = reach
    self.parameters = parameters
  }

  /// The members that an order of this fault may have beside its name.
  public var members: [String] {
    parameters.compactMap(\.member).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Returns the values of an order: what it tells, and the usual for all else.
  /// - Parameter told: the members of the order.
  public func values(told: [String: FaultValue]) -> FaultValues {
    var values = FaultValues()
    for parameter in parameters {
      values[parameter.name] = parameter.member.flatMap { told[$0] } ?? parameter.usual
    }
    return values
  }
}

/// The operations that a fault can meet.
public enum FaultReach: Sendable, Hashable {
  case every
  case only([String])
  /// All but these; `*.list` stands for every operation that ends in `.list`.
  case except([String])

  /// Whether the fault can meet an operation.
  public func meets(_ operation: String) -> Bool {
    switch self {
    case .every: true
    case .only(let names): names.contains(operation)
    case .except(let patterns):
      !patterns.contains { pattern in
        pattern.first == "*" ? operation.hasSuffix(pattern.dropFirst()) : pattern == operation
      }
    }
  }
}

/// One thing that a fault is told: drawn where a scenario plays, taken from the order where somebody
/// ordered the fault.
public struct FaultParameter: Sendable, Hashable {
  /// What it is called where the fault is made.
  public let name: String
  /// How it is drawn.
  public let kind: Kind
  /// Where a scenario sets what it is drawn from; nil when that is fixed.
  public let source: Source?
  /// The member of an order that tells it; nil when orders cannot.
  public let member: String?
  /// Its value in an order that does not tell it; nil is none.
  public let usual: FaultValue?
  /// How reports name its value.
  public let words: Words

  /// How a parameter is drawn.
  public enum Kind: Sendable, Hashable {
    /// A time from a distribution.
    case time(FaultDelay)
    /// `outcome` with the odds, the opposite otherwise.
    case odds(partsPerMillion: Int, outcome: Bool)
    /// True in half of all cases.
    case coin
    /// Evenly one of so many steps from a first one; orders may tell up to `most`, either way.
    case whole(first: Int64, count: Int, step: Int64, most: Int64)
    /// Evenly one of these.
    case word([String])
    /// A time that only orders tell; never drawn.
    case wait
    /// A text that only orders tell; never drawn.
    case text
  }

  /// The key of a service's section that sets what a parameter is drawn from.
  public struct Source: Sendable, Hashable {
    /// The part of the key's value.
    public enum Part: Sendable, Hashable { case share, after, fails }
    /// A key of its own; nil is the fault's.
    public let key: String?
    /// Which part of it.
    public let part: Part
    /// What an own key sets, for people.
    public let about: String

    /// Creates a source.
    public init(_ part: Part, of key: String? = nil, _ about: String = "") {
      self.key = key
      self.part = part
      self.about = about
    }
  }

  /// How reports name a value.
  public enum Words: Sendable, Hashable {
    /// Not at all.
    case none
    /// By one of two words.
    case either(yes: String, no: String)
    /// By itself, and what follows it.
    case value(unit: String)
  }

  /// Creates a parameter.
  public init(
    _ name: String, _ kind: Kind, source: Source? = nil, member: String? = nil,
    usual: FaultValue? = nil, words: Words = .none
  ) {
    self.name = name
    self.kind = kind
    self.source = source
    self.member = member
    self.usual = usual
    self.words = words
  }

  /// What reports say of a value.
  public func word(_ value: FaultValue?) -> String? {
    switch (words, value) {
    case (.either(let yes, let no), .bool(let value)): value ? yes : no
    case (.value(let unit), .whole(let value)): "\(value)\(unit)"
    case (.value(let unit), .text(let value)): value + unit
    default: nil
    }
  }
}

/// What a delay is drawn from unless a scenario says otherwise; in seconds.
public enum FaultDelay: Sendable, Hashable {
  case exponential(mean: Double)
  case uniform(low: Double, high: Double)
}

/// The value of a parameter.
public enum FaultValue: Sendable, Hashable {
  case time(Duration)
  case bool(Bool)
  case whole(Int64)
  case text(String)
}

/// The values of a fault's parameters, by name.
public struct FaultValues: Sendable, Hashable {
  private var pairs: [(name: String, value: FaultValue)] = []

  /// Creates no values.
  public init() {}

  /// A value by its parameter's name; nil when there is none.
  public subscript(name: String) -> FaultValue? {
    get { pairs.first { $0.name == name }?.value }
    set {
      pairs.removeAll { $0.name == name }
      if let newValue { pairs.append((name, newValue)) }
    }
  }

  /// A time; zero when there is none.
  public func time(_ name: String) -> Duration {
    if case .time(let value) = self[name] { value } else { .zero }
  }

  /// A truth value; false when there is none.
  public func bool(_ name: String) -> Bool { self[name] == .bool(true) }

  /// A whole number; 0 when there is none.
  public func whole(_ name: String) -> Int64 {
    if case .whole(let value) = self[name] { value } else { 0 }
  }

  /// A text; nil when there is none.
  public func text(_ name: String) -> String? {
    if case .text(let value) = self[name] { value } else { nil }
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.pairs.elementsEqual(b.pairs) { $0 == $1 }
  }

  public func hash(into hasher: inout Hasher) {
    for pair in pairs { hasher.combine(pair.value) }
  }
}
