// What Stripe demands of the texts in a request. Sources: the request types of Stripe's Python
// library 16.1.0 (nested parameters), Stripe documentation, Metadata and Statement descriptors.

extension StripeForm {
  /// Returns the metadata changes: flat, at most 50 keys of 40 characters, values of 500.
  func metadata() throws(StripeError) -> [StripeForm.Field] {
    for field in fields where field.root == "metadata" {
      // An empty value alone removes all metadata; a text is no dictionary.
      if field.key == "metadata" {
        guard field.value.isEmpty else { throw .notAHash("metadata", field.value) }
        continue
      }
      guard let inner = field.inner, !inner.isEmpty, field.key == "metadata[\(inner)]" else {
        throw .nestedMetadata(field.inner ?? "")
      }
    }
    let changes = entries("metadata")
    var kept: Set<String> = []
    for change in changes {
      guard change.key.count <= 40 else { throw .longMetadataKey(change.key) }
      guard change.value.count <= 500 else {
        throw .longMetadata(key: change.key, value: change.value)
      }
      if change.value.isEmpty { kept.remove(change.key) } else { kept.insert(change.key) }
    }
    guard kept.count <= StripeMetadata.most else { throw .tooMuchMetadata }
    return changes
  }

  /// Returns an address of mail; nil when it is unset.
  ///
  /// Which addresses Stripe takes is not published (U): here one `@` between a name and a domain with
  /// a dot, and neither blanks nor control characters.
  func email(_ name: String) throws(StripeError) -> String? {
    guard let text = string(name) else { return nil }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let isPlain = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    guard parts.count == 2, isPlain, !parts[0].isEmpty, text.count <= 512 else {
      throw .invalidEmail(name, text)
    }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1, labels.allSatisfy({ !$0.isEmpty }) else {
      throw .invalidEmail(name, text)
    }
    return text
  }

  /// Returns a URL; nil when it is unset.
  func url(_ name: String) throws(StripeError) -> String? {
    guard let text = string(name) else { return nil }
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex,
      text[colon...].hasPrefix("://"), text[colon...].count > 3, !text.contains(" ")
    else { throw .invalidURL(name) }
    return text
  }

  /// Returns a statement descriptor or a suffix of one: up to 22 characters, at least one of them a
  /// letter, none of `< > \ ' " *`.
  func descriptor(_ name: String, least: Int) throws(StripeError) -> String? {
    guard let text = string(name) else { return nil }
    guard text.count <= 22 else { throw .longDescriptor(name, text) }
    guard text.count >= least, text.contains(where: \.isLetter),
      !text.contains(where: { "<>\\'\"*".contains($0) })
    else { throw .invalidDescriptor(name) }
    return text
  }
}

extension StripeForm.Field {
  /// Refuses members that a parameter does not have, and brackets after a parameter that is no
  /// dictionary or list.
  func checkNesting() throws(StripeError) {
    let name = String(root)
    guard let inner else {
      return
    }
    if let members = Self.members[name] {
      guard members.contains(inner) else { throw .unknown("\(name)[\(inner)]") }
    } else if Self.scalars.contains(name) {
      throw .notAString(name, inner: inner, value: value)
    }
  }

  private static let members: [String: Set<String>] = [
    "automatic_payment_methods": ["enabled", "allow_redirects"],
    "billing_details": ["address", "email", "name", "phone", "tax_id"],
    "card": ["cvc", "exp_month", "exp_year", "networks", "number", "token"],
    "payment_method_data": [
      "allow_redisplay", "billing_details", "card", "metadata", "radar_options", "type",
    ],
    "created": ["gt", "gte", "lt", "lte"],
  ]

  private static let scalars: Set<String> = [
    "amount", "amount_to_capture", "cancellation_reason", "capture_method", "charge", "confirm",
    "confirmation_method", "currency", "customer", "description", "email", "ending_before",
    "error_on_requires_action", "final_capture", "limit", "name", "payment_intent",
    "payment_method", "reason", "receipt_email", "return_url", "setup_future_usage",
    "starting_after", "statement_descriptor", "statement_descriptor_suffix", "transfer_group",
    "type",
  ]
}

extension StripeMetadata {
  /// How many keys an object has at most.
  static let most = 50

  /// Sets what is given, as ``merge(_:)`` does, unless too many keys would be left.
  mutating func mergeWithinLimits(_ changes: [StripeForm.Field], clears: Bool = false)
    throws(StripeError)
  {
    var merged = self
    if clears { merged.removeAll() }
    merged.merge(changes)
    guard merged.entries.count <= Self.most else { throw .tooMuchMetadata }
    self = merged
  }
}

extension StripeError {
  static func invalidEmail(_ param: String, _ value: String) -> StripeError {
    StripeError(code: "email_invalid", param: param, message: "Invalid email address: \(value)")
  }

  static func invalidURL(_ param: String) -> StripeError {
    StripeError(code: "url_invalid", param: param, message: "Not a valid URL")
  }

  static func exclusive(_ first: String, _ second: String) -> StripeError {
    StripeError(
      message: "You may only specify one of these parameters: \(first), \(second).")
  }

  static func longDescriptor(_ param: String, _ value: String) -> StripeError {
    StripeError(
      param: param,
      message: "Invalid string: \(value.prefix(10))...\(value.suffix(5)); must be at most 22 "
        + "characters")
  }

  /// The text is (U).
  static func invalidDescriptor(_ param: String) -> StripeError {
    StripeError(
      param: param,
      message: "The statement descriptor must contain at least one alphabetic character and none "
        + "of the characters <, >, \\, ', \", *.")
  }

  /// The rule is in the library's description of the parameter; the text is (U).
  static func cardDescriptor(_ intent: StripeSnapshot<StripeIntent>) -> StripeError {
    StripeError(
      param: "statement_descriptor",
      message: "The `statement_descriptor` parameter is not supported for card charges. Use "
        + "`statement_descriptor_suffix` instead.", intent: intent, isStored: true)
  }

  static func notAHash(_ param: String, _ value: String) -> StripeError {
    StripeError(param: param, message: "Invalid \(param): must be a hash, not \(value)")
  }

  /// The text is (U).
  static func nestedMetadata(_ key: String) -> StripeError {
    StripeError(
      param: "metadata[\(key)]",
      message: "Metadata values must be strings, but for key \(key) you passed in a hash or list.")
  }

  static func notAString(_ param: String, inner: String, value: String) -> StripeError {
    StripeError(param: param, message: "Invalid string: {\"\(inner)\"=>\"\(value)\"}")
  }
}
