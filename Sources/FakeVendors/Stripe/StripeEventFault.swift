/// What can be wrong with how an event of Stripe is delivered; apart from one another.
public enum StripeEventFault: String, Sendable, Hashable, CaseIterable {
  case early = "webhook-early"
  case twice = "webhook-twice"
  case forged = "webhook-forged"
  case stale = "webhook-stale"
  case unknown = "webhook-unknown"
  case thin = "webhook-thin"
  case incomplete = "webhook-incomplete"
  case oddForms = "webhook-odd-forms"
  case hollow = "webhook-hollow"
  case otherAmount = "webhook-other-amount"
  case otherCurrency = "webhook-other-currency"
  case reversed = "webhook-reversed"
  case rolled = "webhook-rolled"

  /// What is told about it; its name in orders and reports begins with `webhook-`.
  public var declaration: FaultDeclaration {
    let about =
      switch self {
      case .early: "arrives before the answer to the call that caused it"
      case .twice: "delivered a second time"
      case .forged: "accompanied by one with a wrong signature"
      case .stale: "accompanied by one with an old timestamp"
      case .unknown: "accompanied by one of a type that nobody knows"
      case .thin: "accompanied by one in Stripe's newer, thin form"
      case .incomplete: "an event lacks optional members"
      case .oddForms:
        "an event has optional members of other types, words nobody knows, and more"
      case .hollow: "a payment's event lacks its object, or the id, status or amount in it"
      case .otherAmount: "an event tells of another amount than its object has"
      case .otherCurrency: "an event tells of another currency than its object has"
      case .reversed: "an event comes only after the next one of its object, or hours later"
      case .rolled: "signed with secrets that are being rolled as well as with the endpoint's"
      }
    return FaultDeclaration(
      rawValue, .only(["webhook"]), about,
      self == .twice
        ? [FaultParameter("again", .wait, member: "seconds", usual: .time(.seconds(1)))] : [])
  }

  /// Its key in a scenario's `webhook` section.
  public var key: String { String(rawValue.dropFirst("webhook-".count)) }

  /// How many events meet it unless a scenario says otherwise, in parts per million.
  public var usualPartsPerMillion: Int { self == .twice ? 10_000 : 0 }

  /// Whether it is made by changing the event's body, which orders cannot ask for.
  public var isInBody: Bool {
    [.incomplete, .oddForms, .hollow, .otherAmount, .otherCurrency].contains(self)
  }

  /// Whether what it tells of money is not what Stripe's object has: what an older version of the API, or
  /// a program in between that signs anew, makes of it.
  public var isAboutMoney: Bool { self == .otherAmount || self == .otherCurrency }

  /// Changes how an event is delivered.
  /// - Parameter again: how much later it comes a second time.
  public func apply(to plan: inout WebhookPlan, again: Duration) {
    switch self {
    case .early: plan.delay = .zero
    case .twice: plan.duplicates.append(again)
    case .forged: plan.forged = true
    case .stale: plan.stale = true
    case .unknown: plan.companions.append(.unknown)
    case .thin: plan.companions.append(.thin)
    case .reversed: plan.waitsForNext = true
    case .rolled: plan.rolled = true
    case .incomplete, .oddForms, .hollow, .otherAmount, .otherCurrency: break
    }
  }
}
