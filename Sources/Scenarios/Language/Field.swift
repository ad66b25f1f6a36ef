import Simulation

/// One key of the scenario language: how it is read, and what editors and people are told about it.
///
/// The tables of fields are the only place where keys are written down: the decoder, the JSON Schema
/// and `turbulence list faults` all come from them.
struct Field<Target> {
  var description: FieldDescription
  let decode: (YAMLValue, inout Target) throws(ScenarioError) -> Void

  var key: String { description.key }

  init(
    _ key: String, _ about: String, _ form: FieldForm, required: Bool = false,
    decode: @escaping (YAMLValue, inout Target) throws(ScenarioError) -> Void
  ) {
    description = FieldDescription(key: key, about: about, form: form, required: required)
    self.decode = decode
  }
}

/// What is told about a key, apart from what it is read into.
struct FieldDescription {
  var key: String
  var about: String
  var form: FieldForm
  var required: Bool
  /// Whether it asks for something to go wrong; nil goes by the form.
  var isFault: Bool?
}

/// What may stand behind a key.
indirect enum FieldForm {
  case text, name, duration, rate, share, distribution
  /// A share, or a mapping of a share and a delay and, where a part of them fails, `fails`.
  case chance(fails: Bool)
  case whole(ClosedRange<Int>)
  case number(above: Double?)
  case choice([String])
  case mapping([FieldDescription])
  case weights
  case list(FieldForm)
  case either(FieldForm, FieldForm)
}

/// Reads a mapping strictly by a table of fields: unknown keys are errors, missing required ones too.
func decode<Target>(
  _ value: YAMLValue, into target: inout Target, _ fields: [Field<Target>]
) throws(ScenarioError) {
  let keys = fields.map(\.key)
  let pairs = try value.pairs(
    expected: "a mapping with keys among " + keys.joined(separator: ", "))
  for (key, name, child) in pairs {
    guard let field = fields.first(where: { $0.key == name }) else {
      if value.path.isEmpty, name == "seed" {
        throw key.error(
          "does not hold the seed", found: "'seed'",
          expected: "the seed on the command line: --seed N")
      }
      throw key.unknown("key", name, among: keys)
    }
    try field.decode(child, &target)
  }
  let missing = fields.first { field in
    field.description.required && !pairs.contains { $0.name == field.key }
  }
  if let missing {
    throw value.error(
      "lacks '\(missing.key)'",
      found: pairs.isEmpty ? "no keys" : pairs.map(\.name).joined(separator: ", "),
      expected: "'\(missing.key)': \(missing.description.about)")
  }
}

extension Field {
  /// A probability.
  static func share(
    _ key: String, _ path: WritableKeyPath<Target, Share>, _ about: String
  ) -> Self {
    Field(key, about, .share) { (value, target) throws(ScenarioError) in
      target[keyPath: path] = try value.share()
    }
  }

  /// A probability with a delay; `2%` alone keeps the delay's default.
  static func chance(
    _ key: String, _ path: WritableKeyPath<Target, Chance>,
    fails: WritableKeyPath<Target, Share>? = nil, _ about: String
  ) -> Self {
    Field(key, about, .chance(fails: fails != nil)) { (value, target) throws(ScenarioError) in
      if value.scalar != nil {
        target[keyPath: path].share = try value.share()
        return
      }
      var fields: [Field<Target>] = [
        .share("share", path.appending(path: \.share), "how often").made(required: true),
        .distribution("after", path.appending(path: \.after), "how much later"),
      ]
      if let fails { fields.append(.share("fails", fails, "how many of them fail")) }
      try Scenarios.decode(value, into: &target, fields)
    }
  }

  /// A time drawn from a distribution.
  static func distribution(
    _ key: String, _ path: WritableKeyPath<Target, Distribution>, _ about: String
  ) -> Self {
    Field(key, about, .distribution) { (value, target) throws(ScenarioError) in
      target[keyPath: path] = try value.distribution()
    }
  }

  /// A fixed length of time, in seconds.
  static func duration(
    _ key: String, _ path: WritableKeyPath<Target, Double>, positive: Bool, _ about: String
  ) -> Self {
    Field(key, about, .duration) { (value, target) throws(ScenarioError) in
      target[keyPath: path] = try value.seconds(positive: positive)
    }
  }

  /// A whole number.
  static func whole(
    _ key: String, _ path: WritableKeyPath<Target, Int>, _ range: ClosedRange<Int>, _ about: String
  ) -> Self {
    Field(key, about, .whole(range)) { (value, target) throws(ScenarioError) in
      target[keyPath: path] = try value.wholeNumber(range)
    }
  }

  /// One word of a few.
  static func choice<Choice: RawRepresentable<String>>(
    _ key: String, _ path: WritableKeyPath<Target, Choice>, _ all: [Choice], _ about: String
  ) -> Self {
    Field(key, about, .choice(all.map(\.rawValue))) { (value, target) throws(ScenarioError) in
      target[keyPath: path] = try value.choice(all)
    }
  }

  /// A mapping of its own; `exclusive` names the shares of which at most one can happen per call.
  static func section<Part>(
    _ key: String, _ path: WritableKeyPath<Target, Part>, _ fields: [Field<Part>],
    exclusive: [(what: String, shares: (Part) -> [Share])] = [], _ about: String
  ) -> Self {
    Field(key, about, .mapping(fields.map(\.description))) {
      (value, target) throws(ScenarioError) in
      try Scenarios.decode(value, into: &target[keyPath: path], fields)
      for (what, shares) in exclusive {
        let sum = shares(target[keyPath: path]).reduce(0) { $0 + $1.partsPerMillion }
        guard sum <= 1_000_000 else {
          throw value.error(
            "has impossible \(what)", found: "shares that add up to \(Share(partsPerMillion: sum))",
            expected: "at most 100% in all, since one call meets at most one of them")
        }
      }
    }
  }

  /// The same field read from within a larger target.
  func within<Whole>(_ path: WritableKeyPath<Whole, Target>) -> Field<Whole> {
    var field = Field<Whole>(description.key, description.about, description.form) {
      (value, whole) throws(ScenarioError) in
      try decode(value, &whole[keyPath: path])
    }
    field.description = description
    return field
  }

  /// The same field, said to ask for a fault or not.
  func made(fault: Bool) -> Self {
    var copy = self
    copy.description.isFault = fault
    return copy
  }

  /// The same field, required.
  func made(required: Bool) -> Self {
    var copy = self
    copy.description.required = required
    return copy
  }
}

extension Share: CustomStringConvertible {
  /// In percent, exactly: `0.25%`.
  package var description: String {
    let digits = String(partsPerMillion % 10_000 + 10_000).dropFirst()
    var fraction = Substring(digits)
    while fraction.last == "0" { fraction.removeLast() }
    return "\(partsPerMillion / 10_000)" + (fraction.isEmpty ? "" : ".\(fraction)") + "%"
  }
}
