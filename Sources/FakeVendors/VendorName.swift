/// One of the five services that the fakes stand for.
public enum VendorName: String, Sendable, Hashable, CaseIterable {
  case stripe, amadeus, bookingcom, viator, mail

  /// What is told about the vendor's own faults.
  public var faults: [FaultDeclaration] {
    switch self {
    case .stripe: StripeFault.declarations
    case .amadeus: AmadeusFault.declarations
    case .bookingcom: BookingComFault.declarations
    case .viator: ViatorFault.declarations
    case .mail: MailFault.declarations
    }
  }

  /// The service's name in scenarios, fault orders and reports.
  public var service: String {
    switch self {
    case .stripe: "stripe"
    case .amadeus: "flight"
    case .bookingcom: "hotel"
    case .viator: "activity"
    case .mail: "mail"
    }
  }

  /// Finds a service by either of its names.
  public init?(named name: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == name || $0.service == name })
    else { return nil }
    self = found
  }

  /// How the vendor's operations are asked for, and their names.
  public var operations: OperationTable {
    switch self {
    case .stripe: .stripe
    case .amadeus: .amadeus
    case .bookingcom: .bookingCom
    case .viator: .viator
    case .mail: .mail
    }
  }
}
