import FakeVendors

/// What a text says of a trip's money, as the auditor reads it by itself.
///
/// Answers and mails share their sentences. They are read by the words around each amount; what an
/// amount is in minor units follows from the auditor's own table of decimals (ISO 4217, list one).
struct ToldMoney {
  /// What is said to have been taken, in minor units; 0 for a text that says that nothing was.
  var charged: Int64?
  /// What is said to have gone back, in minor units; nil where nothing is said.
  var refunded: Int64?
  /// What a bank is said to have given back, in minor units.
  var chargedBack: Int64?
  /// What is said to be held on the card, and what of that to have been released, in minor units.
  var held: Int64?
  var released: Int64?
  /// Whether it is said that nothing was charged.
  var isNothing = false
  /// Whether it is said that all was refunded.
  var isInFull = false
  /// Whether it is said that an outcome is not known.
  var isUnknown = false
  /// Whether it is said that a refund is still to come.
  var isOnItsWay = false
  /// Whether it is said that people are on it.
  var isWithStaff = false
  /// Whether what is not refunded is said to be suppliers' fees.
  var isForFees = false
  /// Whether the rest is said to have been settled by people.
  var isByStaff = false
  /// Amounts that cannot be read, or are in another currency.
  var unreadable: [String] = []

  /// Reads a text about a trip in a currency.
  init(_ text: String, currency: String) {
    isNothing = text.contains("Nothing was charged") || text.contains("Nothing has been charged")
    isUnknown =
      text.contains("Whether the card was charged is not known")
      || text.contains("the outcome of a payment or refund is not known")
    isOnItsWay = text.contains("refund is on its way")
    isWithStaff = text.contains("our staff")
    isForFees = text.contains("cancellation fees")
    isByStaff = text.contains("settled by our staff.") && text.contains("the rest was")
    if isNothing { charged = 0 }
    charged = amount(in: text, before: " was charged", currency) ?? charged
    refunded =
      amount(in: text, before: " of it refunded", currency)
      ?? amount(in: text, before: " is known to be refunded", currency)
    chargedBack = amount(in: text, before: " of it given back by your bank", currency)
    held = amount(in: text, before: " is held on the card", currency)
    released = amount(in: text, before: " on the card was released", currency)
    if let whole = amount(in: text, before: " was refunded in full", currency) {
      isInFull = true
      charged = whole
      refunded = whole
    }
  }

  /// Whether anything at all is said of the money.
  var isSaid: Bool { charged != nil || isUnknown }

  /// Reads the two words before some others, where they first are a currency's code and an amount: why a
  /// change was refused may say that "nothing was charged" for it.
  private mutating func amount(in text: String, before words: String, _ currency: String) -> Int64?
  {
    for range in text.ranges(of: words) {
      let before = text[..<range.lowerBound].split(whereSeparator: { $0 == " " || $0 == "\n" })
      guard before.count >= 2 else { continue }
      let (code, digits) = (before[before.count - 2], before[before.count - 1])
      guard code.count == 3, code.allSatisfy({ $0.isASCII && $0.isUppercase }) else { continue }
      guard code == currency, let minor = Self.minor(digits, currency) else {
        unreadable.append("\(code) \(digits)")
        return nil
      }
      return minor
    }
    return nil
  }

  /// Returns an amount as it is written for people.
  static func text(_ minor: Int64, _ currency: String) -> String {
    let decimals = decimals(currency)
    var digits = String(minor)
    guard decimals > 0 else { return "\(currency) \(digits)" }
    while digits.count <= decimals { digits = "0" + digits }
    return "\(currency) \(digits.dropLast(decimals)).\(digits.suffix(decimals))"
  }

  private static func minor(_ digits: Substring, _ currency: String) -> Int64? {
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    let decimals = decimals(currency)
    guard parts.count == (decimals == 0 ? 1 : 2), decimals == 0 || parts[1].count == decimals
    else { return nil }
    return Int64(parts.joined())
  }

  private static func decimals(_ currency: String) -> Int {
    switch currency {
    case "CLP", "JPY", "KRW", "VND": 0
    case "BHD", "JOD", "KWD", "OMR", "TND": 3
    default: 2
    }
  }
}

extension AuditedTrip {
  /// What had been captured by a moment, but for what another program confirmed: of that the
  /// orchestrator may not know yet. In minor units.
  func captured(by moment: Int64, epoch: Int64) -> Int64 {
    intents.reduce(0) { sum, intent in
      guard intent.doneByHand == nil, let at = intent.capturedMicroseconds, at - epoch <= moment
      else { return sum }
      return sum + intent.capturedMinor
    }
  }

  /// The most that can ever have been refunded so far: what succeeded, whether or not it failed later.
  var refundedAtMost: Int64 {
    refunds.reduce(0) { sum, refund in
      let isAsked = refund.status == "pending" || refund.status == "requires_action"
      return isAsked ? sum : sum + refund.amountMinor
    }
  }

  /// Why what a text says of the money cannot be so, or could not be so at a moment; nil when it can.
  func lie(of told: ToldMoney, at moment: Int64, epoch: Int64) -> String? {
    if let word = told.unreadable.first { return "'\(word)' is no amount in \(currency)" }
    // Of a changed trip both payments are told together.
    let group = group
    let known = group.reduce(Int64(0)) { $0 + $1.captured(by: moment, epoch: epoch) }
    let captured = group.reduce(Int64(0)) { $0 + $1.captured }
    let refundedAtMost = group.reduce(Int64(0)) { $0 + $1.refundedAtMost }
    if let charged = told.charged, charged > captured || charged == 0 && known > 0 {
      return "\(charged) is said to be charged; \(captured) is"
    }
    let isOnce = group.reduce(0) { $0 + $1.intents.count { $0.capturedMinor > 0 } } == 1
    if isOnce, let charged = told.charged, charged > 0, charged != captured {
      return "\(charged) is said to be charged; \(captured) is"
    }
    if let refunded = told.refunded, refunded > refundedAtMost {
      return "\(refunded) is said to be refunded; \(refundedAtMost) is at most"
    }
    for amount in [told.held, told.released].compactMap({ $0 }) where amount != heldAtMost {
      return "\(amount) is said to have been held; \(heldAtMost) was"
    }
    if told.released != nil, intents.contains(where: { $0.capturableMinor > 0 }) {
      return "a hold is said to be released that stands"
    }
    // What Stripe was asked to refund a minute before the question is written down as open.
    if let charged = told.charged, charged > 0, !told.isInFull, !told.isOnItsWay, !told.isUnknown,
      !told.isWithStaff,
      let open = group.lazy.flatMap(\.refunds).first(where: {
        $0.status == "pending" && !$0.isByHand
          && $0.createdMicroseconds - epoch < moment - 60_000_000
      })
    {
      return "nothing is said of \(open.id), which is on its way since "
        + "\(seconds(open.createdMicroseconds - epoch)) s"
    }
    let lost = group.reduce(Int64(0)) { $0 + $1.chargedBack }
    if let back = told.chargedBack, back > lost {
      return "\(back) is said to be given back by the bank; \(lost) is"
    }
    return nil
  }
}
