import FakeVendors
import Simulation

/// The keys of services and of the network between them, made from the vendors' tables of faults.
extension ScenarioLanguage {
  typealias Exclusive<Part> = (what: String, shares: (Part) -> [Share])

  static var services: [Field<Scenario.Services>] {
    [
      service("stripe", \.stripe, [webhook], bent(\.common), "payments"),
      service("flight", \.flight, [], bent(\.common), "flights (Amadeus)"),
      service(
        "hotel", \.hotel,
        [
          .distribution("lookup-lag", \.lookupLag, "how long a new order is invisible to look-ups"),
          .whole(
            "page-size", \.pageSize, 1...100,
            "how many orders a page of a look-up shows at most, whatever is asked for"),
          .share(
            "local-currency", \.localCurrency,
            "properties whose own currency is another one; amounts are told in both"
          ).made(fault: false),
          .share("penalty", \.penalty, "products whose cancellation costs something at once")
            .made(fault: false),
        ], bent(\.common), "hotels (Booking.com)"),
      service(
        "activity", \.activity,
        [
          .share("penalty", \.penalty, "products whose cancellation costs something")
            .made(fault: false)
        ], bent(\.common), "activities (Viator)"),
      service("mail", \.mail, [], [], "mail"),
    ]
  }

  private static func service<Service: ScenarioService>(
    _ key: String, _ path: WritableKeyPath<Scenario.Services, Service>, _ own: [Field<Service>],
    _ answers: [Field<Service>], _ about: String
  ) -> Field<Scenario.Services> {
    let declarations = Service.Fault.declarations
    return .section(
      key, path,
      faults(declarations).map { $0.within(\.faults) } + own + answers + common(\.common),
      exclusive: [onNetwork(\.common)]
        + exclusive(declarations).map { one in (one.what, { one.shares($0.faults) }) }, about)
  }

  /// The keys that a table of faults makes.
  private static func faults(_ declarations: [FaultDeclaration]) -> [Field<FaultShares>] {
    FaultKey.all(declarations).map { key in
      let setting: WritableKeyPath<FaultShares, FaultShares.Setting> = \.[key.name]
      let field: Field<FaultShares> =
        if !key.hasShare {
          .distribution(key.name, setting.appending(path: \.after), key.about)
        } else if key.hasDelay {
          .chance(
            key.name, setting.appending(path: \.chance),
            fails: key.hasFails ? setting.appending(path: \.fails) : nil, key.about)
        } else {
          .share(key.name, setting.appending(path: \.share), key.about)
        }
      return field.made(fault: key.isFault)
    }
  }

  /// For each operation, the shares of the faults of which a call meets at most one.
  private static func exclusive(_ declarations: [FaultDeclaration]) -> [Exclusive<FaultShares>] {
    var operations = [""]
    for case .only(let names) in declarations.map(\.reach) {
      operations += names.filter { !operations.contains($0) }
    }
    return operations.map { operation in
      let names = declarations.filter { $0.reach.meets(operation) }.map(\.name)
      return ("faults", { shares in names.map { shares[$0].share } })
    }
  }

  static func network(latency: String) -> [Field<Scenario.Network>] {
    [.distribution(latency, \.latency, "time on the wire, one way")]
      + faults(NetworkFault.declarations).map { $0.within(\.faults) }
  }

  static var networkExclusive: Exclusive<Scenario.Network> {
    let names = NetworkFault.declarations.map(\.name)
    return ("network faults", { network in names.map { network.faults[$0].share } })
  }

  private static func onNetwork<Service>(
    _ path: KeyPath<Service, Scenario.Common>
  ) -> Exclusive<Service> {
    let inner = networkExclusive
    return (inner.what, { inner.shares($0[keyPath: path].network) })
  }

  private static func common<Service>(
    _ path: WritableKeyPath<Service, Scenario.Common>
  ) -> [Field<Service>] {
    let own: [Field<Scenario.Common>] = [
      .distribution("latency", \.latency, "processing time of a call"),
      .chance("slow", \.slow, "calls that take this long instead"),
    ]
    return own.map { $0.within(path) }
      + network(latency: "network-latency").map { $0.within(path.appending(path: \.network)) }
  }

  /// Answers that lack or bend some of their members; drawn apart from the other faults.
  private static func bent<Service>(
    _ path: WritableKeyPath<Service, Scenario.Common>
  ) -> [Field<Service>] {
    let shares = [
      BentAnswers.incomplete: \Scenario.Common.incomplete, BentAnswers.oddForms: \.oddForms,
      BentAnswers.hollow: \.hollow,
    ]
    let own = BentAnswers.declarations.compactMap { declaration in
      shares[declaration.name].map { Field.share(declaration.name, $0, declaration.about) }
    }
    return own.map { $0.within(path) }
  }

  private static var webhook: Field<Scenario.Stripe> {
    .section(
      "webhook", \.webhooks,
      [.distribution("delay", \.delay, "from an event to its first delivery")]
        + StripeEventFault.allCases.map { .share($0.key, \.[$0], $0.declaration.about) },
      "how events reach the orchestrator")
  }
}
