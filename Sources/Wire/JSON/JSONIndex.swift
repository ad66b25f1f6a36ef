/// Where each value of a text stands: what ``JSONTextDecoder`` looks things up in.
///
/// The text is read once, from front to back; nothing is copied out of it before it is asked for.
final class JSONIndex: Sendable {
  /// A value, or a member's name, which stands before its value.
  struct Node: Sendable {
    let kind: JSONReader.Kind
    let isEscaped: Bool
    /// The bytes of a string without its quotes, of anything else from its first to its last.
    let start: Int32
    var end: Int32
    /// The node behind this one and all that is in it.
    var next: Int32
  }

  let bytes: [UInt8]
  let nodes: [Node]

  init(_ bytes: [UInt8], _ policy: JSONPolicy) throws(JSONError) {
    guard bytes.count < Int32.max else {
      throw JSONError(.tooDeep, "the text is too long", at: 0, in: [], pointer: "")
    }
    var reader = JSONReader(bytes, policy)
    var nodes: [Node] = []
    nodes.reserveCapacity(16 + bytes.count / 16)
    try Self.add(&reader, &nodes)
    try reader.end()
    self.bytes = bytes
    self.nodes = nodes
  }

  private static func add(_ reader: inout JSONReader, _ nodes: inout [Node]) throws(JSONError) {
    let kind = try reader.peek()
    let position = nodes.count
    let start = Int32(reader.position)
    switch kind {
    case .string:
      add(try reader.text(), &nodes)
      return
    case .object, .array:
      nodes.append(Node(kind: kind, isEscaped: false, start: start, end: start, next: 0))
      if kind == .object {
        try reader.beginObject()
        while let name = try reader.nextName() {
          add(name, &nodes)
          try add(&reader, &nodes)
        }
      } else {
        try reader.beginArray()
        while try reader.nextElement() { try add(&reader, &nodes) }
      }
      nodes[position].next = Int32(nodes.count)
    default:
      try reader.skip()
      nodes.append(
        Node(kind: kind, isEscaped: false, start: start, end: start, next: Int32(position + 1)))
    }
    nodes[position].end = Int32(reader.position)
  }

  private static func add(_ text: JSONReader.Text, _ nodes: inout [Node]) {
    nodes.append(
      Node(
        kind: .string, isEscaped: text.isEscaped, start: Int32(text.start), end: Int32(text.end),
        next: Int32(nodes.count + 1)))
  }

  /// Returns the position of a member's value; nil when there is none of that name.
  func member(_ name: String, of object: Int) -> Int? {
    var name = name
    return name.withUTF8 { name in
      let end = Int(nodes[object].next)
      var at = object + 1
      while at < end {
        if isText(at, name) { return at + 1 }
        at = Int(nodes[at + 1].next)
      }
      return nil
    }
  }

  private func isText(_ node: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let node = nodes[node]
    if node.isEscaped {
      return JSONReader.Text(start: Int(node.start), end: Int(node.end), isEscaped: true)
        .unescaped(in: bytes).elementsEqual(text)
    }
    guard Int(node.end - node.start) == text.count else { return false }
    return bytes[Int(node.start)..<Int(node.end)].elementsEqual(text)
  }

  /// Returns the text of a string or name.
  func string(_ node: Int) -> String {
    let node = nodes[node]
    return JSONReader.Text(
      start: Int(node.start), end: Int(node.end), isEscaped: node.isEscaped
    ).string(in: bytes)
  }

  /// Returns the bytes of a value that is no string, as they stand.
  func raw(_ node: Int) -> ArraySlice<UInt8> {
    bytes[Int(nodes[node].start)..<Int(nodes[node].end)]
  }

  /// Returns the positions of an array's elements, or of an object's names.
  func children(_ node: Int) -> [Int] {
    var children: [Int] = []
    let isObject = nodes[node].kind == .object
    let end = Int(nodes[node].next)
    var at = node + 1
    while at < end {
      children.append(at)
      at = Int(nodes[isObject ? at + 1 : at].next)
    }
    return children
  }

  /// Returns the names and positions that lead to a value.
  func path(_ node: Int) -> [any CodingKey] {
    var path: [any CodingKey] = []
    var at = 0
    while at != node {
      let isObject = nodes[at].kind == .object
      let children = children(at)
      guard let position = children.lastIndex(where: { $0 <= node }) else { break }
      let child = children[position]
      path.append(isObject ? JSONKey(string(child)) : JSONKey(position))
      if child == node { break }
      at = isObject ? child + 1 : child
    }
    return path
  }

  /// Returns where a value stands, for people.
  func place(_ node: Int) -> String {
    // A string's first byte is its quote.
    let start = Int(nodes[node].start) - (nodes[node].kind == .string ? 1 : 0)
    let error = JSONError(.malformed, "", at: start, in: bytes, pointer: "")
    return "line \(error.line), column \(error.column)"
  }
}

/// A member's name or an element's position.
struct JSONKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ name: String) {
    stringValue = name
    intValue = nil
  }

  init(_ position: Int) {
    stringValue = "\(position)"
    intValue = position
  }

  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { self.init(intValue) }
}
