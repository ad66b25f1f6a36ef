import Wire

/// The JSON Schema (2020-12) of the scenario language, made from the same tables as the decoder.
///
/// The file `Resources/scenario.schema.json` is this text; a test keeps them equal.
package enum ScenarioSchema {
  package static var text: String {
    let fields = ScenarioLanguage.root.map(\.description)
    guard let root = object(fields).members else { preconditionFailure("not an object") }
    let schema: [(String, JSONValue)] =
      [
        ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
        ("title", .string("Turbulence scenario")),
        (
          "description",
          .string("One kind of world: how many bookings, how they arrive, what goes wrong.")
        ),
      ] + root.map { ($0.key, $0.value) } + [("$defs", definitions)]
    return JSONValue.object(schema).text() + "\n"
  }

  private static let number = #"-?[0-9][0-9_]*(\.[0-9]+)?"#

  private static func object(_ fields: [FieldDescription]) -> JSONValue {
    let properties = fields.map { field in
      (field.key, described(schema(field.form), field.about))
    }
    var pairs: [(String, JSONValue)] = [
      ("type", .string("object")), ("additionalProperties", .bool(false)),
    ]
    let required = fields.filter(\.required)
    if !required.isEmpty { pairs.append(("required", .array(required.map { .string($0.key) }))) }
    pairs.append(("properties", .object(properties)))
    return .object(pairs)
  }

  private static func described(_ schema: JSONValue, _ about: String) -> JSONValue {
    guard let members = schema.members else { return schema }
    return .object([JSONValue.Member(key: "description", value: .string(about))] + members)
  }

  private static func reference(_ name: String) -> JSONValue {
    .object([("$ref", .string("#/$defs/\(name)"))])
  }

  private static func text(_ pattern: String) -> JSONValue {
    .object([("type", .string("string")), ("pattern", .string("^\(pattern)$"))])
  }

  private static func schema(_ form: FieldForm) -> JSONValue {
    switch form {
    case .text: .object([("type", .string("string"))])
    case .name: text("[a-z0-9][a-z0-9-]*")
    case .duration: reference("duration")
    case .rate: text(number + "/(s|m|h|d)")
    case .share: reference("share")
    case .distribution: reference("distribution")
    case .chance(let fails): reference(fails ? "chance-that-may-fail" : "chance")
    case .whole(let range):
      // 50_000_000 is text to a YAML 1.2 editor.
      .object([
        ("type", .array([.string("integer"), .string("string")])),
        ("minimum", .integer(Int64(range.lowerBound))),
        ("maximum", .integer(Int64(range.upperBound))),
        ("pattern", .string("^[0-9]+(_[0-9]+)*$")),
      ])
    case .number(let above): numberSchema(above: above)
    case .choice(let words): .object([("enum", .array(words.map(JSONValue.string)))])
    case .mapping(let fields): object(fields)
    case .weights:
      .object([
        ("type", .string("object")), ("minProperties", .integer(1)),
        ("additionalProperties", numberSchema(above: 0)),
      ])
    case .list(let element): .object([("type", .string("array")), ("items", schema(element))])
    case .either(let a, let b): .object([("oneOf", .array([schema(a), schema(b)]))])
    }
  }

  private static func numberSchema(above: Double?) -> JSONValue {
    .object([
      ("type", .string("number")),
      above.map { ("exclusiveMinimum", .number($0)) } ?? ("minimum", .integer(0)),
    ])
  }

  private static var definitions: JSONValue {
    let share = field("share", .share, required: true)
    let after = field("after", .distribution)
    let fails = field("fails", .share)
    return .object([
      (
        "duration",
        described(
          text(#"[0-9][0-9_]*(\.[0-9]+)?(us|ms|s|m|h|d)"#), "a length of time, such as 1.24s")
      ),
      (
        "share",
        described(text(#"[0-9]{1,3}(\.[0-9]{1,4})?%"#), "a probability in percent, such as 0.2%")
      ),
      ("chance", .object([("oneOf", .array([reference("share"), object([share, after])]))])),
      (
        "chance-that-may-fail",
        .object([("oneOf", .array([reference("share"), object([share, after, fails])]))])
      ),
      ("distribution", .object([("oneOf", .array([reference("duration"), families]))])),
    ])
  }

  private static func field(
    _ key: String, _ form: FieldForm, required: Bool = false
  ) -> FieldDescription {
    let abouts = [
      "share": "how often", "after": "how much later", "fails": "how many of them fail",
    ]
    return FieldDescription(key: key, about: abouts[key] ?? key, form: form, required: required)
  }

  private static var families: JSONValue {
    let required: (String, FieldForm) -> FieldDescription = { field($0, $1, required: true) }
    let positive = FieldForm.number(above: 0)
    func form(_ family: String) -> JSONValue {
      switch family {
      case "constant":
        either(reference("duration"), object([required("value", .duration)]))
      case "exponential":
        either(reference("duration"), object([required("mean", .duration)]))
      case "uniform":
        either(
          .object([
            ("type", .string("array")), ("items", reference("duration")),
            ("minItems", .integer(2)), ("maxItems", .integer(2)),
          ]), object([required("low", .duration), required("high", .duration)]))
      case "lognormal":
        either(
          object([required("median", .duration), required("sigma", positive)]),
          object([required("median", .duration), required("p99", .duration)]))
      case "gamma": object([required("shape", positive), required("mean", .duration)])
      case "erlang": object([required("stages", .whole(1...1_000)), required("mean", .duration)])
      case "weibull": object([required("shape", positive), required("scale", .duration)])
      case "pareto": object([required("minimum", .duration), required("shape", positive)])
      case "normal": object([required("mean", .duration), required("deviation", .duration)])
      case "bimodal":
        object([
          required("fast", .distribution), required("slow", .distribution),
          required("slow-share", .share),
        ])
      case "mixture":
        .object([
          ("type", .string("array")), ("minItems", .integer(1)),
          (
            "items",
            .object([("type", .string("object")), ("required", .array([.string("weight")]))])
          ),
        ])
      default:
        object([
          required("file", .text), required("column", .text),
          field("unit", .choice(["us", "ms", "s", "m", "h"])),
        ])
      }
    }
    return .object([
      ("type", .string("object")), ("minProperties", .integer(1)), ("maxProperties", .integer(1)),
      ("additionalProperties", .bool(false)),
      (
        "properties",
        .object(
          YAMLValue.families.map { family in
            (family.name, described(form(family.name), "\(family.about): \(family.example)"))
          })
      ),
    ])
  }

  private static func either(_ a: JSONValue, _ b: JSONValue) -> JSONValue {
    .object([("oneOf", .array([a, b]))])
  }
}
