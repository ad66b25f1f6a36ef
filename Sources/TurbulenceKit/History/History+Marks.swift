extension History {
  /// Counts that a sometimes-mark was reached.
  package mutating func mark(_ name: String) { marks[name, default: 0] += 1 }
}
