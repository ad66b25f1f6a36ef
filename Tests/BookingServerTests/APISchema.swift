import Wire

/// The document of the API as tests read it, with as much of JSON Schema as it uses.
struct APIDocument {
  let json: JSONValue

  init(_ bytes: [UInt8]) throws(JSONError) { json = try JSONValue(bytes) }

  /// What is at a place in it, `paths`, `/docs`, `get`.
  subscript(_ place: String...) -> JSONValue? {
    place.reduce(json as JSONValue?) { $0?[$1] }
  }

  /// What a reference means, or the value itself.
  func resolved(_ value: JSONValue) -> JSONValue {
    guard let reference = value["$ref"]?.string else { return value }
    let parts = reference.dropFirst("#/".count).split(separator: "/")
    return parts.reduce(json as JSONValue?) { $0?[String($1)] } ?? .null
  }

  /// All references in it.
  var references: [String] { Self.references(json) }

  private static func references(_ value: JSONValue) -> [String] {
    switch value {
    case .object(let members):
      members.flatMap { member in
        (member.key == "$ref" ? [member.value.string ?? ""] : []) + references(member.value)
      }
    case .array(let elements): elements.flatMap(references)
    default: []
    }
  }

  /// Says what is wrong with a value; what is not declared is wrong.
  func faults(_ value: JSONValue, _ schema: JSONValue, at place: String = "") -> [String] {
    var faults: [String] = []
    let target = resolved(schema)
    if let choices = target["enum"]?.array, !choices.contains(value) {
      faults.append("\(place): is none of the choices")
    }
    if let constant = target["const"], constant != value {
      faults.append("\(place): is another value")
    }
    let types = target["type"]?.array?.compactMap(\.string) ?? [target["type"]?.string ?? ""]
    if types != [""], !types.contains(Self.type(of: value)) {
      return faults + ["\(place): is \(Self.type(of: value)), expected \(types)"]
    }
    if case .object(let members) = value, !(target["additionalProperties"]?.bool ?? false) {
      for name in (target["required"]?.array ?? []).compactMap(\.string)
      where value[name] == nil { faults.append("\(place)/\(name): is missing") }
      for member in members {
        guard let declared = target["properties"]?[member.key] else {
          faults.append("\(place)/\(member.key): is not declared")
          continue
        }
        faults += self.faults(member.value, declared, at: "\(place)/\(member.key)")
      }
    }
    if let items = target["items"], let elements = value.array {
      for (index, element) in elements.enumerated() {
        faults += self.faults(element, items, at: "\(place)/\(index)")
      }
    }
    return faults
  }

  private static func type(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .number(let digits): Int64(digits) == nil ? "number" : "integer"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
