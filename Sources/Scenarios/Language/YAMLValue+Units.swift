/// Numbers with units, read exactly as people write them: `1.24s`, `40/s`, `2%`, `50_000_000`.
extension YAMLValue {
  /// Text that YAML would not take for something else, `on` and `12` for example.
  func text(expected: String) throws(ScenarioError) -> String {
    guard let scalar, !scalar.text.isEmpty else { throw error("is not text", expected: expected) }
    if !scalar.quoted {
      let lower = scalar.text.lowercased()
      if ["yes", "no", "on", "off", "true", "false", "y", "n"].contains(lower) {
        throw error(
          "is not text", found: "the YAML Boolean '\(scalar.text)'",
          expected: "\(expected); put it in quotes if it is meant")
      }
      if Double(scalar.text) != nil || lower == "null" || lower == "~" {
        throw error("is not text", expected: "\(expected); put it in quotes if it is meant")
      }
    }
    return scalar.text
  }

  /// A whole number in decimal digits, with `_` between digits as the reader likes.
  func wholeNumber(_ range: ClosedRange<Int>) throws(ScenarioError) -> Int {
    let expected = "a whole number from \(range.lowerBound.grouped) to \(range.upperBound.grouped)"
    guard let scalar, !scalar.quoted else {
      throw error("is not a whole number", expected: expected)
    }
    let text = scalar.text
    let digits = text.drop { $0 == "-" }
    guard text.count - digits.count <= 1, let first = digits.first, first.isASCIIDigit,
      digits.last?.isASCIIDigit == true, !digits.contains("__"),
      digits.allSatisfy({ $0.isASCIIDigit || $0 == "_" }), first != "0" || digits.count == 1
    else { throw error("is not a whole number", expected: expected) }
    guard let number = Int(text.filter { $0 != "_" }), range.contains(number) else {
      throw error("is out of range", expected: expected)
    }
    return number
  }

  /// A number without a unit: a weight, a shape, a sigma.
  func number(above: Double? = nil, atLeast: Double? = nil, most: Double = 1e9)
    throws(ScenarioError) -> Double
  {
    let bound =
      above.map { "above \($0.brief)" } ?? "from \((atLeast ?? 0).brief)"
    let expected = "a number without a unit, \(bound) to \(most.brief)"
    guard let scalar, !scalar.quoted, let value = decimal(scalar.text) else {
      throw error("is not a number", expected: expected)
    }
    guard above.map({ value > $0 }) ?? (value >= atLeast ?? 0), value <= most else {
      throw error("is out of range", expected: expected)
    }
    return value
  }

  /// A length of time in seconds.
  func seconds(positive: Bool = false) throws(ScenarioError) -> Double {
    let units = "us, ms, s, m, h or d"
    guard let scalar, !scalar.quoted else {
      throw error("is not a duration", expected: "a duration such as 250ms, 1.24s or 15m")
    }
    let digits = scalar.text.prefix { $0.isASCIIDigit || $0 == "." || $0 == "-" || $0 == "_" }
    guard !digits.isEmpty, let value = decimal(String(digits)) else {
      throw error("is not a duration", expected: "a duration such as 250ms, 1.24s or 15m")
    }
    var (factor, divisor) = (1.0, 1.0)
    switch scalar.text.dropFirst(digits.count) {
    case "us": (factor, divisor) = (1, 1_000_000)
    case "ms": (factor, divisor) = (1, 1_000)
    case "s": factor = 1
    case "m": factor = 60
    case "h": factor = 3_600
    case "d": factor = 86_400
    case "":
      throw error("has no unit", expected: "a duration with a unit: \(units), such as \(digits)s")
    default: throw error("has an unknown unit", expected: "a duration in \(units)")
    }
    // Divided rather than multiplied by 1e-6: 40us is then the number nearest to 0.00004.
    let seconds = value * factor / divisor
    guard positive ? seconds > 0 : seconds >= 0 else {
      throw error(
        "is impossible",
        expected: positive ? "a duration longer than 0s" : "a duration of 0s or more")
    }
    // Ten years: whatever is longer is a slip of the pen, and microseconds must fit 64 bits.
    guard seconds <= 3_650 * 86_400 else {
      throw error("is impossible", expected: "a duration of at most 3650d")
    }
    return seconds
  }

  /// A rate in events per second.
  func rate() throws(ScenarioError) -> Double {
    let expected = "a rate with a unit: /s, /m, /h or /d, such as 40/s"
    guard let scalar, !scalar.quoted else { throw error("is not a rate", expected: expected) }
    let parts = scalar.text.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, let value = decimal(String(first)) else {
      throw error("is not a rate", expected: expected)
    }
    guard parts.count == 2 else { throw error("has no unit", expected: expected) }
    let perSecond: Double
    switch parts[1] {
    case "s": perSecond = value
    case "m": perSecond = value / 60
    case "h": perSecond = value / 3_600
    case "d": perSecond = value / 86_400
    default: throw error("has an unknown unit", expected: expected)
    }
    guard perSecond > 0, perSecond <= 1e6 else {
      throw error("is impossible", expected: "a rate above 0 and up to 1000000/s")
    }
    return perSecond
  }

  /// A probability, exact to parts per million.
  func share() throws(ScenarioError) -> Share {
    let expected = "a share in percent from 0% to 100%, such as 2% or 0.25%"
    guard let scalar, !scalar.quoted else { throw error("is not a share", expected: expected) }
    guard scalar.text.hasSuffix("%") else {
      guard decimal(scalar.text) != nil else { throw error("is not a share", expected: expected) }
      throw error("has no unit", expected: expected)
    }
    let parts = scalar.text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    let negative = parts.first?.first == "-"
    guard (1...2).contains(parts.count), let whole = parts.first.map({ $0.drop { $0 == "-" } }),
      !whole.isEmpty, whole.allSatisfy(\.isASCIIDigit),
      parts.count == 1 || (!parts[1].isEmpty && parts[1].allSatisfy(\.isASCIIDigit))
    else { throw error("is not a share", expected: expected) }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.count <= 4 else {
      throw error("is too precise", expected: "a share with at most 4 decimals (parts per million)")
    }
    let padded = fraction + String(repeating: "0", count: 4 - fraction.count)
    guard whole.count <= 3, !negative, let a = Int(whole), let b = Int(padded),
      a * 10_000 + b <= 1_000_000
    else { throw error("is out of range", expected: expected) }
    return Share(partsPerMillion: a * 10_000 + b)
  }

  /// One word of a few.
  func choice<Choice: RawRepresentable<String>>(_ all: [Choice]) throws(ScenarioError) -> Choice {
    let known = all.map(\.rawValue)
    guard let scalar else {
      throw error("is not a word", expected: "one of " + known.joined(separator: ", "))
    }
    guard let choice = Choice(rawValue: scalar.text) else {
      let guess = Spelling.nearest(to: scalar.text, among: known).map { " (did you mean '\($0)'?)" }
      throw error(
        "is not a choice", found: found + (guess ?? ""),
        expected: "one of " + known.joined(separator: ", "))
    }
    return choice
  }

  /// A plain decimal number: digits, at most one point, `_` between digits, a sign.
  private func decimal(_ text: String) -> Double? {
    let body = text.drop { $0 == "-" }
    guard text.count - body.count <= 1, body.first?.isASCIIDigit == true,
      body.last?.isASCIIDigit == true, body.filter({ $0 == "." }).count <= 1,
      body.allSatisfy({ $0.isASCIIDigit || $0 == "." || $0 == "_" })
    else { return nil }
    return Double(text.filter { $0 != "_" })
  }
}

extension Character {
  package var isASCIIDigit: Bool { "0" <= self && self <= "9" }
}

extension Double {
  /// Without a needless `.0`.
  package var brief: String {
    self == rounded() && abs(self) < 1e15 ? String(Int64(self)) : String(self)
  }
}
