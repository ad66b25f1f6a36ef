import Mustache
import Wire

/// The page made from the document: each operation with what it takes and answers, each schema.
struct DocumentationPage {
  private let document: JSONValue

  /// Creates a page of an OpenAPI document.
  init(_ document: JSONValue) { self.document = document }

  /// The page.
  var html: String {
    guard let html = Self.library?.render(values, withTemplate: "page") else {
      // The template is a constant, and a test renders it.
      preconditionFailure("the template of the documentation cannot be rendered")
    }
    return html
  }

  private static let library = try? MustacheLibrary(templates: [
    "page": MustacheTemplate(string: DocumentationTemplate.page)
  ])

  /// What the template reads.
  private var values: [String: Any] {
    let operations = operations
    let tags = document["tags"]?.array ?? []
    return [
      "title": text(document["info"]?["title"]), "summary": text(document["info"]?["summary"]),
      "description": text(document["info"]?["description"]),
      "groups": tags.map { tag in
        let name = text(tag["name"])
        return [
          "name": name, "description": text(tag["description"]),
          "operations": operations.filter { $0.tag == name }.map(\.values),
        ] as [String: Any]
      },
      "schemas": members(document["components"]?["schemas"]).map { name, schema in
        [
          "name": name, "description": text(schema["description"]),
          "rows": rows(schema, under: ""), "hasRows": !rows(schema, under: "").isEmpty,
          "type": SchemaText.words(schema),
        ] as [String: Any]
      },
    ]
  }

  // MARK: Operations

  private var operations: [(tag: String, values: [String: Any])] {
    (members(document["paths"]) + members(document["webhooks"])).flatMap { path, item in
      members(item).map { method, operation in
        (text(operation["tags"]?.array?.first), values(of: operation, method, path))
      }
    }
  }

  private func values(
    of operation: JSONValue, _ method: String, _ path: String
  ) -> [String: Any] {
    let parameters = (operation["parameters"]?.array ?? []).map(resolved)
    let body = operation["requestBody"]?["content"]?["application/json"]
    let security = (operation["security"] ?? document["security"])?.array ?? []
    return [
      "id": text(operation["operationId"]), "method": method.uppercased(), "path": path,
      "summary": text(operation["summary"]), "description": text(operation["description"]),
      "keys": security.isEmpty
        ? "none" : security.flatMap { members($0).map(\.0) }.joined(separator: " or "),
      "hasParameters": !parameters.isEmpty,
      "parameters": parameters.map { parameter in
        [
          "name": text(parameter["name"]), "type": SchemaText.words(parameter["schema"]),
          "needed": parameter["required"] == .bool(true) ? "needed" : "",
          "description": "\(text(parameter["description"])) (\(text(parameter["in"])))",
        ]
      },
      "takes": body.map { SchemaText.words($0["schema"]) } as Any? ?? false,
      "examples": members(body?["examples"]).map { _, example in
        ["summary": text(example["summary"]), "value": SchemaText.spread(example["value"])]
      },
      "answers": members(operation["responses"]).map { status, response in
        let answer = resolved(response)
        let content = members(answer["content"]).first
        return [
          "status": status, "description": text(answer["description"]),
          "type": SchemaText.words(content?.1["schema"]), "media": content?.0 ?? "",
        ]
      },
    ]
  }

  // MARK: Schemas

  /// The members of a schema, and of the objects in it, a row each.
  private func rows(_ schema: JSONValue, under place: String) -> [[String: String]] {
    let needed = (schema["required"]?.array ?? []).compactMap(\.string)
    let own = members(schema["properties"]).flatMap { name, member in
      [
        [
          "name": place + name, "type": SchemaText.words(member),
          "needed": needed.contains(name) ? "always" : "",
          "description": text(member["description"]),
        ]
      ] + rows(member, under: "\(place)\(name).")
    }
    let items = schema["items"].map { rows($0, under: "\(place.dropLast())[].") } ?? []
    let whole = (schema["allOf"]?.array ?? []).flatMap { rows(resolved($0), under: place) }
    return own + items + whole
  }

  // MARK: Reading

  /// What a reference means, or the value itself.
  private func resolved(_ value: JSONValue) -> JSONValue {
    guard let reference = value["$ref"]?.string else { return value }
    var target = document
    for part in reference.dropFirst("#/".count).split(separator: "/") {
      guard let next = target[String(part)] else {
        preconditionFailure("\(reference) names nothing; a test follows each")
      }
      target = next
    }
    return target
  }

  private func members(_ value: JSONValue?) -> [(String, JSONValue)] {
    (value?.members ?? []).map { ($0.key, $0.value) }
  }

  private func text(_ value: JSONValue?) -> String { value?.string ?? "" }
}

/// Schemas and values in few words.
enum SchemaText {
  /// `string, null`, `array of Booking`, `integer, 1 to 100`.
  static func words(_ schema: JSONValue?) -> String {
    guard let schema else { return "" }
    if let reference = schema["$ref"]?.string {
      return String(reference.split(separator: "/").last ?? "")
    }
    if let choices = schema["enum"]?.array {
      return choices.compactMap(\.string).joined(separator: ", ")
    }
    if let constant = schema["const"] { return spread(constant) }
    if let all = schema["allOf"]?.array { return all.map { words($0) }.joined(separator: " and ") }
    var text = schema["type"]?.string ?? ""
    if let types = schema["type"]?.array {
      text = types.compactMap(\.string).joined(separator: " or ")
    }
    if let items = schema["items"] {
      let item = words(items)
      text += item.isEmpty ? "" : " of \(item)"
    }
    if let format = schema["format"]?.string { text += " (\(format))" }
    return text + range(schema)
  }

  private static func range(_ schema: JSONValue) -> String {
    let bounds = [
      ("minimum", "from"), ("maximum", "to"), ("minLength", "from"), ("maxLength", "to"),
      ("minItems", "from"), ("maxItems", "to"),
    ].compactMap { name, word -> String? in
      guard case .number(let digits) = schema[name] else { return nil }
      return "\(word) \(digits)"
    }
    let isText = schema["minLength"] != nil || schema["maxLength"] != nil
    return bounds.isEmpty
      ? "" : ", \(bounds.joined(separator: " "))\(isText ? " characters" : "")"
  }

  /// A value as JSON that people read.
  static func spread(_ value: JSONValue?, indent: String = "") -> String {
    let deeper = indent + "  "
    switch value {
    case .object(let members) where !members.isEmpty:
      let lines = members.map {
        "\(deeper)\(one(.string($0.key))): \(spread($0.value, indent: deeper))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
    case .array(let elements) where !elements.isEmpty:
      let lines = elements.map { "\(deeper)\(spread($0, indent: deeper))" }
      return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
    case let value?: return one(value)
    case nil: return ""
    }
  }

  private static func one(_ value: JSONValue) -> String {
    String(decoding: value.written, as: UTF8.self)
  }
}
