/// All faults that a scenario can ask for, by the key that asks for them.
package enum FaultCatalogue {
  /// A fault and where it is written.
  package struct Fault: Sendable, Hashable {
    /// `services.stripe.decline`; `*` stands for each service.
    package let key: String
    /// What goes wrong.
    package let about: String
  }

  /// In the order of the language; what every service has comes once.
  package static var all: [Fault] {
    var faults: [Fault] = []
    for field in ScenarioLanguage.root.map(\.description)
    where ["clients", "orchestrators", "services"].contains(field.key) {
      collect(field, "", &faults)
    }
    let everywhere = ScenarioLanguage.network(latency: "latency").map(\.key) + ["slow"]
    var seen: Set<String> = []
    return faults.compactMap { fault in
      let parts = fault.key.split(separator: ".")
      guard parts.count == 3, parts[0] == "services", let name = parts.last.map(String.init),
        everywhere.contains(name)
      else { return fault }
      guard seen.insert(name).inserted else { return nil }
      return Fault(key: "services.*.\(name)", about: fault.about)
    }
  }

  private static func collect(_ field: FieldDescription, _ prefix: String, _ faults: inout [Fault])
  {
    switch field.form {
    case _ where field.isFault == false: break
    case .share, .chance: faults.append(Fault(key: prefix + field.key, about: field.about))
    case .distribution where field.key == "every":
      faults.append(Fault(key: prefix + field.key, about: field.about))
    case .mapping(let fields):
      for inner in fields { collect(inner, prefix + field.key + ".", &faults) }
    default: break
    }
  }
}
