import FakeVendors

/// Names a call by its operation, from method and path alone.
enum CallNames {
  /// Returns the operation as ``VendorName/operations`` has it; `other` for what is not known.
  static func operation(_ vendor: VendorName, method: String, path: String) -> String {
    let path = path.prefix { $0 != "?" }
    let parts = path.split(separator: "/").map(String.init)
    let name =
      switch vendor {
      case .stripe: stripe(method, parts)
      case .amadeus: amadeus(method, parts)
      case .bookingcom:
        parts.suffix(2) == ["details", "accommodations"] ? "details" : parts.last ?? ""
      case .viator: viator(parts)
      case .mail: parts == ["email"] ? "send" : ""
      }
    return vendor.operations.contains(name) ? name : "other"
  }

  private static func stripe(_ method: String, _ parts: [String]) -> String {
    let isGet = method == "GET"
    if parts.dropFirst().starts(with: ["checkout", "sessions"]) {
      switch parts.count {
      case 3: return isGet ? "checkout.sessions.list" : "checkout.sessions.create"
      case 4: return "checkout.sessions.retrieve"
      default: return "checkout.sessions.\(parts[4])"
      }
    }
    switch parts.count {
    case 2 where parts[1] == "balance": return "balance.retrieve"
    case 3 where isGet && parts[2] == "search": return "\(parts[1]).search"
    case 5 where parts[3] == "payment_methods": return "customers.payment_method"
    case 2: return parts[1] + (isGet ? ".list" : ".create")
    case 3 where method == "DELETE": return "\(parts[1]).delete"
    case 3: return parts[1] + (isGet ? ".retrieve" : ".update")
    case 4: return "\(parts[1]).\(parts[3])"
    case 5 where parts[1] == "test_helpers": return "\(parts[2]).\(parts[4])"
    default: return ""
    }
  }

  private static func amadeus(_ method: String, _ parts: [String]) -> String {
    switch parts.dropFirst().prefix(2) {
    case ["security", "oauth2"]: "token"
    case ["shopping", "flight-offers"]: parts.last == "pricing" ? "price" : "search"
    case ["booking", "flight-orders"]:
      parts.count == 3 ? "create" : method == "DELETE" ? "cancel" : "get"
    default: ""
    }
  }

  private static func viator(_ parts: [String]) -> String {
    if parts.suffix(2) == ["availability", "check"] { return "availability" }
    if parts.dropLast().suffix(2) == ["availability", "schedules"] { return "schedules" }
    return parts.last ?? ""
  }
}
