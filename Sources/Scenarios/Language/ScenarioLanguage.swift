import Simulation

/// The keys of a scenario file, section by section: the one place where the language is written down.
enum ScenarioLanguage {
  /// The keys at the top of a file.
  static var root: [Field<Scenario>] {
    [
      Field("name", "what the scenario is called, and its report folder", .name, required: true) {
        (value, scenario) throws(ScenarioError) in
        let expected = "lower-case letters, digits and '-', such as rush-hour"
        let name = try value.text(expected: expected)
        guard name.count <= 60, name.first != "-",
          name.allSatisfy({ $0.isASCIIDigit || $0 == "-" || ("a" <= $0 && $0 <= "z") })
        else { throw value.error("is not a name", expected: expected) }
        scenario.name = name
      },
      Field("about", "what goes on in it and why, in a sentence or two", .text) {
        (value, scenario) throws(ScenarioError) in
        scenario.about = try value.text(expected: "a sentence")
      },
      .whole("bookings", \.bookings, 1...1_000_000, "how many trips are booked").made(
        required: true),
      arrivals,
      .section("trips", \.trips, trips, "what is booked"),
      clientsSection,
      .section(
        "operators", \.operators, operators,
        exclusive: [
          (
            "decisions",
            { [$0.retry.share, $0.markDone.share, $0.abandon.share, $0.newer.share] }
          )
        ], "what operators decide about what is parked"),
      .section("orchestrators", \.orchestrators, orchestrators, "the orchestrator's processes"),
      .section("services", \.services, services, "the outside services and their faults"),
      outages,
      .duration(
        "chaos", \.chaos, positive: true,
        "how long things go wrong at least; without it until nobody waits"),
      mustReach,
      .section("limits", \.limits, limits, "what ends a run that does not end by itself"),
    ]
  }

  private static var arrivals: Field<Scenario> {
    let rate = FieldDescription(
      key: "rate", about: "mean arrivals per time (Poisson)", form: .rate, required: true)
    let after = FieldDescription(
      key: "after", about: "from the world's beginning, at midnight UTC, to the first of them",
      form: .duration, required: false)
    return Field(
      "arrivals", "when clients come: burst, or a rate",
      .either(.choice(["burst"]), .mapping([rate, after]))
    ) { (value, scenario) throws(ScenarioError) in
      if let scalar = value.scalar {
        guard scalar.text == "burst" else {
          throw value.error("is not a kind of arrivals", expected: "burst, or { rate: 40/s }")
        }
        scenario.arrivals = .burst
        return
      }
      let fields: [Field<Scenario>] = [
        Field("rate", rate.about, .rate, required: true) { (value, target) throws(ScenarioError) in
          target.arrivals = .poisson(perSecond: try value.rate())
        },
        .duration("after", \.firstArrival, positive: false, after.about),
      ]
      try decode(value, into: &scenario, fields)
    }
  }

  private static var trips: [Field<Scenario.Trips>] {
    let supplies = [Scenario.Trips.Supply.plenty, .scarce]
    return [
      .section(
        "activities", \.self,
        [
          Field("poisson", "mean number of activities of a trip", .number(above: nil)) {
            (value, trips) throws(ScenarioError) in
            trips.activitiesMean = try value.number(atLeast: 0, most: 10)
          },
          .whole("most", \.activitiesMost, 0...10, "most activities of a trip"),
        ], "how many activities a trip has"),
      Field("currencies", "currency codes and their weights", .weights) {
        (value, trips) throws(ScenarioError) in
        let expected = "currency codes with weights, such as { USD: 6, JPY: 1 }"
        let pairs = try value.pairs(expected: expected)
        guard !pairs.isEmpty else { throw value.error("is empty", expected: expected) }
        var currencies: [(code: String, weight: Double)] = []
        for (key, code, weight) in pairs {
          guard CurrencyCodes.all.contains(code) else {
            throw key.error(
              "has an unknown currency", expected: "an ISO 4217 code that trips are sold in")
          }
          currencies.append((code, try weight.number(above: 0)))
        }
        trips.currencies = currencies
      },
      .choice(
        "seats", \.seats, supplies, "how many seats there are, relative to what is asked for"),
      .choice("rooms", \.rooms, supplies, "how many rooms there are"),
      .choice("places", \.places, supplies, "how many places of activities there are"),
      .share("gone", \.gone, "trips of which a component is gone before it is validated"),
      .share(
        "capture-when-booked", \.captureWhenBooked,
        "trips whose card only holds the money until they are booked"),
      .share("way-back", \.wayBack, "trips whose flight goes there and back"),
    ]
  }

  /// `clients`, with what its keys demand of one another.
  private static var clientsSection: Field<Scenario> {
    let section = Field<Scenario>.section(
      "clients", \.clients, clients,
      exclusive: [("requests", { [$0.badParty, $0.badPerson, $0.awkwardPerson] })],
      "what clients do")
    return Field(section.key, section.description.about, section.description.form) {
      (value, scenario) throws(ScenarioError) in
      try section.decode(value, &scenario)
      guard scenario.clients.foreignReads == .never || scenario.clients.names > 1 else {
        throw value.error(
          "has foreign-reads without anybody foreign", found: "one name",
          expected: "'names': 2 or more")
      }
    }
  }

  private static var clients: [Field<Scenario.Clients>] {
    [
      .distribution("patience", \.patience, "how long a client waits for an answer"),
      .share("double-click", \.doubleClick, "sends the same request again, moments later"),
      .share(
        "retry-after-timeout", \.retryAfterTimeout,
        "sends the same request again after a time-out; the others look it up"),
      .share(
        "other-body", \.otherBody,
        "sends the same key with another body, and registers its option with another price"),
      .share(
        "malformed", \.malformed,
        "sends broken JSON, a member twice or another shape first, under the same key"),
      .chance(
        "rival", \.rival,
        "books its option under another key as well, this long after it was registered"),
      .share("hang-up", \.hangUp, "hangs up in the middle of the request and looks later"),
      .chance("cancel", \.cancel, "cancels the trip, this long after asking for it"),
      .chance(
        "modify", \.modify,
        "changes the trip into another one that has parts of it, this long after it was confirmed"),
      .share(
        "modify-again", \.modifyAgain,
        "of those that change it: changes it once more when that is decided, and perhaps once again"
      ),
      .share(
        "modify-twice", \.modifyTwice,
        "of those that change it: asks for it again under another key, moments later"),
      .share(
        "cancel-while-modifying", \.cancelWhileModifying,
        "of those that change it: cancels the trip moments after asking for the change"),
      .whole(
        "names", \.names, 1...100, "how many names the clients have among them, with the same keys"),
      .share(
        "foreign-reads", \.foreignReads, "reads and tries to cancel a booking of another name"),
      Field<Scenario.Clients>.share(
        "probe", \.probe, "asks by HEAD, and by a method that a path does not have"
      ).made(fault: false),
      .share(
        "bad-party", \.badParty,
        "asks for another party, amount or currency than the trip was priced for"),
      .share(
        "bad-person", \.badPerson,
        "names people, addresses or numbers that no vendor could take"),
      .share(
        "awkward-person", \.awkwardPerson,
        "has names and addresses that are valid and hard to write; it must be booked"),
      Field<Scenario.Clients>.share(
        "other-payer", \.otherPayer, "pays with a card of somebody else, who has another address"
      ).made(fault: false),
      Field<Scenario.Clients>.share(
        "share", \.share,
        "makes a link to its itinerary once it is booked, opens it, and in two cases of three sees it end"
      ).made(fault: false),
      .section(
        "hooks", \.hooks, hooks, exclusive: [hookExclusive],
        "where clients are told of their bookings, and what goes wrong there"),
      .section(
        "network", \.network, network(latency: "latency"), exclusive: [networkExclusive],
        "what goes wrong between clients and the orchestrator"),
    ]
  }

  private static var hooks: [Field<Scenario.Hooks>] {
    [
      Field<Scenario.Hooks>.share("share", \.share, "names of clients that have a receiver")
        .made(fault: false),
      .chance(
        "dead", \.dead,
        "receivers that take nothing for this long from the world's beginning, healed or not"),
      .distribution("latency", \.latency, "processing time of an event"),
      .chance("slow", \.slow, "takes the event, and answers only after this long"),
      .share("error-500", \.error500, "answers 500, before it has taken the event or after"),
      .chance("unavailable", \.unavailable, "answers 503 and asks to wait for this long"),
      .share("redirect", \.redirect, "answers with a redirect"),
      .share("gone", \.gone, "answers 410 this once"),
      .section(
        "network", \.network, network(latency: "latency"), exclusive: [networkExclusive],
        "what goes wrong between the orchestrator and receivers"),
    ]
  }

  private static var hookExclusive: Exclusive<Scenario.Hooks> {
    ("faults", { [$0.slow.share, $0.error500, $0.unavailable.share, $0.redirect, $0.gone] })
  }

  private static var operators: [Field<Scenario.Operators>] {
    let fields: [Field<Scenario.Operators>] = [
      .chance("retry", \.retry, "has it tried again, this long after it was parked"),
      .chance("mark-done", \.markDone, "settles it by hand at the vendor, and says so"),
      .chance("abandon", \.abandon, "says that nothing more will be done about it"),
      .chance("newer", \.newer, "decides with a word that only a newer version knows"),
      .share("twice", \.twice, "decisions that a second operator takes as well, moments later"),
      .chance(
        "resend", \.resend,
        "has an event that a client was not told sent again, this long after it was given up"),
    ]
    return fields.map { $0.made(fault: false) }
  }

  private static var orchestrators: [Field<Scenario.Orchestrators>] {
    [
      Field("instances", "how many run side by side on one database", .whole(1...4)) {
        (value, target) throws(ScenarioError) in
        target.instances = try value.wholeNumber(1...4)
      },
      .section(
        "pause", \.self,
        [
          Field("every", "gaps between pauses at random moments, per process", .distribution) {
            (value, target) throws(ScenarioError) in
            target.pauseEvery = try value.distribution()
          },
          .distribution("for", \.pauseFor, "how long the process stands still"),
        ], "when a process stands still, as its machine does, and goes on as if nothing had been"),
      .section(
        "crash", \.self,
        [
          Field("every", "gaps between crashes at random moments", .distribution) {
            (value, target) throws(ScenarioError) in
            target.crashEvery = try value.distribution()
          },
          .share(
            "at-commit", \.crashAtCommit, "crashes at a commit, half before and half after it"),
          .share("at-send", \.crashAtSend, "crashes as a request is sent, half before, half after"),
          .distribution(
            "restart-after", \.restartAfter, "from a crash or a stop to the next start"),
        ], "when the process dies and comes back"),
      Field("stop", "from a start to a stop in good order, as for a new version", .distribution) {
        (value, target) throws(ScenarioError) in
        target.stopAfter = try value.distribution()
      },
      .distribution("commit-latency", \.commitLatency, "time of one transaction on disk"),
    ]
  }

  private static var outages: Field<Scenario> {
    let fields = outageFields
    return Field(
      "outages", "times in which a service does not answer as it should",
      .list(.mapping(fields.map(\.description)))
    ) { (value, scenario) throws(ScenarioError) in
      for element in try value.elements(expected: "a list of outages") {
        var outage = Scenario.Outage(service: "", from: 0, length: 0, mode: .refused)
        try decode(element, into: &outage, fields)
        scenario.outages.append(outage)
      }
    }
  }

  private enum ServiceName: String, CaseIterable {
    case stripe, flight, hotel, activity, mail, hooks
  }

  private static var outageFields: [Field<Scenario.Outage>] {
    [
      Field(
        "service", "which service", .choice(ServiceName.allCases.map(\.rawValue)), required: true
      ) {
        (value, outage) throws(ScenarioError) in
        outage.service = try value.choice(ServiceName.allCases).rawValue
      },
      .duration("from", \.from, positive: false, "when it begins, after the world does")
        .made(required: true),
      .duration("for", \.length, positive: true, "how long it lasts").made(required: true),
      .choice("mode", \.mode, Scenario.Outage.Mode.allCases, "how the service fails (refused)"),
    ]
  }

  private static var mustReach: Field<Scenario> {
    let names = MarkCatalogue.all.map(\.name)
    let mark = Field<RequiredMark>(
      "mark", "the name of a mark", .choice(names), required: true
    ) { (value, required) throws(ScenarioError) in
      let name = try value.text(expected: "the name of a mark")
      guard names.contains(name) else { throw value.unknown("mark", name, among: names) }
      required.name = name
    }
    let fields = [
      mark,
      .whole("seeds", \.seeds, 1...1_000_000, "how many seeds it takes to ask for it (1)"),
    ]
    return Field(
      "must-reach", "rare situations that a check must reach over its seeds",
      .list(.either(.choice(names), .mapping(fields.map(\.description))))
    ) { (value, scenario) throws(ScenarioError) in
      for element in try value.elements(expected: "a list of marks") {
        var required = RequiredMark("")
        if element.scalar == nil {
          try decode(element, into: &required, fields)
        } else {
          try mark.decode(element, &required)
        }
        guard !scenario.mustReach.contains(where: { $0.name == required.name }) else {
          throw element.error("is named twice", expected: "each mark once")
        }
        scenario.mustReach.append(required)
      }
    }
  }

  private static var limits: [Field<Scenario.Limits>] {
    [
      .duration("virtual-time", \.virtualTime, positive: true, "virtual time, the quiet included"),
      .whole("events", \.events, 1...1_000_000_000_000, "events of the simulation"),
      .duration(
        "quiet", \.quiet, positive: true, "how long bookings may take once faults are healed"),
    ]
  }
}
