/// Faults that are declared in a table: the one place where a fault is written down beside the behaviour
/// of the fake that meets it.
///
/// Scenario keys, their JSON Schema, `turbulence list faults`, the draws, the orders on sockets with
/// their help, and the names in reports all come from it.
public protocol DeclaredFault: Sendable {
  /// All faults, in the order in which a draw tries them.
  ///
  /// One uniform number chooses among those that can meet a call (their shares lie end to end), so the
  /// order decides the bytes of every world with faults: a new row goes to the end of those that can
  /// meet its operations, or every hash behind it changes.
  static var table: [FaultRow<Self>] { get }
}

/// A vendor's own faults.
public protocol VendorFault: DeclaredFault {
  /// The service's name in scenarios and reports: `hotel`.
  static var service: String { get }
}

/// One fault: what is told about it, and how its value is made.
public struct FaultRow<Fault: Sendable>: Sendable {
  /// What is told about it.
  public let declaration: FaultDeclaration
  /// Makes the fault from the values of its parameters.
  public let make: @Sendable (FaultValues) -> Fault
  private let told: (@Sendable (FaultValues) -> String)?

  /// Creates a row.
  /// - Parameters:
  ///   - detail: what reports say of the values; nil says the words of the parameters that have some.
  public init(
    _ name: String, _ reach: FaultReach, _ about: String, _ parameters: [FaultParameter] = [],
    detail: (@Sendable (FaultValues) -> String)? = nil,
    make: @escaping @Sendable (FaultValues) -> Fault
  ) {
    declaration = FaultDeclaration(name, reach, about, parameters)
    self.make = make
    told = detail
  }

  /// Creates a row of a fault that is told nothing.
  public init(_ name: String, _ reach: FaultReach, _ about: String, _ fault: Fault) {
    self.init(name, reach, about) { _ in fault }
  }

  /// What reports say of the values; empty when there is nothing to say.
  public func detail(_ values: FaultValues) -> String {
    if let told { return told(values) }
    return declaration.parameters.compactMap { $0.word(values[$0.name]) }.joined(separator: ", ")
  }
}

extension DeclaredFault {
  /// What is told about all faults, in the table's order.
  public static var declarations: [FaultDeclaration] { table.map(\.declaration) }
}

/// Parameters that several faults have.
extension FaultParameter {
  /// How much later something happens: `after` in a scenario, `seconds` in an order.
  public static func after(_ delay: FaultDelay, ordered seconds: Int = 3_600) -> FaultParameter {
    FaultParameter(
      "after", .time(delay), source: Source(.after), member: "seconds",
      usual: .time(.seconds(seconds)))
  }

  /// Whether a call that is answered with an error has had its effect.
  public static var effect: FaultParameter {
    FaultParameter(
      "effect", .coin, member: "effect", usual: .bool(false),
      words: .either(yes: "after", no: "before"))
  }

  /// Whether what is pending succeeds; a scenario's `fails` says how many do not.
  public static func succeeds(
    failing partsPerMillion: Int, _ words: (yes: String, no: String) = ("succeeds", "fails")
  ) -> FaultParameter {
    FaultParameter(
      "succeeds", .odds(partsPerMillion: partsPerMillion, outcome: false), source: Source(.fails),
      member: "succeeds", usual: .bool(true), words: .either(yes: words.yes, no: words.no))
  }

  /// By how much a price differs, in minor units. Whole tens, because amounts with three decimals end
  /// in a zero.
  public static var minor: FaultParameter {
    FaultParameter(
      "minor", .whole(first: 10, count: 500, step: 10, most: 1_000_000_000), member: "minor",
      usual: .whole(1_000), words: .value(unit: ""))
  }

  /// How long a vendor asks to wait; longer than a trip has, often.
  public static var wait: FaultParameter { after(.uniform(low: 600, high: 18_000), ordered: 600) }

  /// What is odd about a price.
  public static var oddPrice: FaultParameter {
    FaultParameter(
      "odd", .word(OddPrice.allCases.map(\.rawValue)), usual: .text(OddPrice.digits.rawValue),
      words: .value(unit: ""))
  }
}

extension FaultValues {
  /// The value of ``FaultParameter/oddPrice``.
  public var oddPrice: OddPrice { text("odd").flatMap(OddPrice.init(rawValue:)) ?? .digits }
}
