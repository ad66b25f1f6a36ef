import Scenarios
import TestSupport
import Testing

/// Every kind of bad input is refused with its place, what was found and what was expected.
struct ScenarioErrorTests {
  static let cases: [(String, String)] = [
    (
      "name: a\nbookings: 5\nbokings: 6\n",
      "a.yaml:3:1: unknown key: found 'bokings' (did you mean 'bookings'?), expected one of name, about, "
        + "bookings, arrivals, trips, clients, operators, orchestrators, services, outages, "
        + "chaos, must-reach, limits"
    ),
    (
      "name: a\nbookings: 5\nservices:\n  mail:\n    message-refusd: 1%\n",
      "a.yaml:5:5: unknown key in services.mail: found 'message-refusd' (did you mean 'message-refused'?), "
        + "expected one of error-500, message-refused, too-many-requests, latency, slow, network-latency, refused, request-lost, "
        + "reset-before, response-lost, reset-after, late-effect, delivered-twice, truncated, garbled, "
        + "bad-gateway, half-open, foreign-page"
    ),
    (
      "name: a\nbookings: 0\n",
      "a.yaml:2:11: bookings is out of range: found '0', expected a whole number from 1 to 1,000,000"
    ),
    (
      "name: a\nbookings: -3\n",
      "a.yaml:2:11: bookings is out of range: found '-3', expected a whole number from 1 to 1,000,000"
    ),
    (
      "name: a\nbookings: 1:30\n",
      "a.yaml:2:11: bookings is not a whole number: found '1:30', expected a whole number from 1 to 1,000,000"
    ),
    (
      "name: a\nbookings: \"5\"\n",
      "a.yaml:2:11: bookings is not a whole number: found the quoted text \"5\", "
        + "expected a whole number from 1 to 1,000,000"
    ),
    (
      "name: a\nbookings:\n",
      "a.yaml:2:10: bookings is not a whole number: found nothing, expected a whole number from 1 to 1,000,000"
    ),
    (
      "name: on\nbookings: 5\n",
      "a.yaml:1:7: name is not text: found the YAML Boolean 'on', "
        + "expected lower-case letters, digits and '-', such as rush-hour; put it in quotes if it is meant"
    ),
    (
      "bookings: 5\n",
      "a.yaml:1:1: the scenario lacks 'name': found bookings, "
        + "expected 'name': what the scenario is called, and its report folder"
    ),
    (
      "name: a\nbookings: 5\nseed: 1:30\n",
      "a.yaml:3:1: the scenario does not hold the seed: found 'seed', "
        + "expected the seed on the command line: --seed N"
    ),
    (
      "name: a\nbookings: 5\nservices: { stripe: { latency: 3 } }\n",
      "a.yaml:3:32: services.stripe.latency has no unit: found '3', "
        + "expected a duration with a unit: us, ms, s, m, h or d, such as 3s"
    ),
    (
      "name: a\nbookings: 5\nservices: { stripe: { latency: 3 s } }\n",
      "a.yaml:3:32: services.stripe.latency has an unknown unit: found '3 s', "
        + "expected a duration in us, ms, s, m, h or d"
    ),
    (
      "name: a\nbookings: 5\nservices: { stripe: { decline: 0.1 } }\n",
      "a.yaml:3:32: services.stripe.decline has no unit: found '0.1', "
        + "expected a share in percent from 0% to 100%, such as 2% or 0.25%"
    ),
    (
      "name: a\nbookings: 5\nservices: { stripe: { decline: 101% } }\n",
      "a.yaml:3:32: services.stripe.decline is out of range: found '101%', "
        + "expected a share in percent from 0% to 100%, such as 2% or 0.25%"
    ),
    (
      "name: a\nbookings: 5\nservices: { stripe: { decline: -1% } }\n",
      "a.yaml:3:32: services.stripe.decline is out of range: found '-1%', "
        + "expected a share in percent from 0% to 100%, such as 2% or 0.25%"
    ),
    (
      "name: a\nbookings: 5\nservices: { stripe: { decline: 60%, error-500: 60% } }\n",
      "a.yaml:3:21: services.stripe has impossible faults: found shares that add up to 120%, "
        + "expected at most 100% in all, since one call meets at most one of them"
    ),
    (
      "name: a\nbookings: 5\narrivals: { rate: 40 }\n",
      "a.yaml:3:19: arrivals.rate has no unit: found '40', "
        + "expected a rate with a unit: /s, /m, /h or /d, such as 40/s"
    ),
    (
      "name: a\nbookings: 5\narrivals: { rate: 0/s }\n",
      "a.yaml:3:19: arrivals.rate is impossible: found '0/s', expected a rate above 0 and up to 1000000/s"
    ),
    (
      "name: a\nbookings: 5\nservices: { flight: { latency: { lognormal: { median: 3s } } } }\n",
      "a.yaml:3:45: services.flight.latency.lognormal lacks 'sigma' or 'p99': found median, expected one of "
        + "them, as in { median: 1.24s, sigma: 0.29 } or { median: 3s, p99: 19s }"
    ),
    (
      "name: a\nbookings: 5\nservices: { flight: { latency: { gamma: { shape: 3 } } } }\n",
      "a.yaml:3:41: services.flight.latency.gamma lacks 'mean': found shape, "
        + "expected the parameters shape, mean, as in { shape: 4, mean: 2s }"
    ),
    (
      "name: a\nbookings: 5\nservices: { flight: { latency: { lognormal: { median: 3s, sigma: 0 } } } }\n",
      "a.yaml:3:66: services.flight.latency.lognormal.sigma is out of range: found '0', "
        + "expected a number without a unit, above 0 to 10"
    ),
    (
      "name: a\nbookings: 5\nservices: { flight: { latency: { lognormal: { median: -3s, p99: 9s } } } }\n",
      "a.yaml:3:55: services.flight.latency.lognormal.median is impossible: found '-3s', "
        + "expected a duration longer than 0s"
    ),
    (
      "name: a\nbookings: 5\nservices: { flight: { latency: { uniform: [9s, 1s] } } }\n",
      "a.yaml:3:48: services.flight.latency.uniform[1] is impossible: found '1s', "
        + "expected an upper bound of at least 9s"
    ),
    (
      "name: a\nbookings: 5\nservices: { flight: { latency: { lognorml: 3s } } }\n",
      "a.yaml:3:34: unknown distribution in services.flight.latency: found 'lognorml' (did you mean "
        + "'lognormal'?), expected one of constant, uniform, exponential, lognormal, gamma, erlang, weibull, "
        + "pareto, normal, bimodal, mixture, empirical"
    ),
    (
      "name: a\nbookings: 5\nservices: { mail: { latency: { empirical: { file: none.csv, column: s } } } }\n",
      "a.yaml:3:51: services.mail.latency.empirical.file cannot be read: "
        + "found no readable file at none.csv, expected a CSV file"
    ),
    (
      "name: a\nbookings: 5\norchestrators: { instances: 5 }\n",
      "a.yaml:3:29: orchestrators.instances is out of range: found '5', "
        + "expected a whole number from 1 to 4"
    ),
    (
      "name: a\nbookings: 5\noutages: [{ service: stripe, from: 1m, for: 0s }]\n",
      "a.yaml:3:45: outages[0].for is impossible: found '0s', expected a duration longer than 0s"
    ),
    (
      "name: a\nbookings: 5\noutages: [{ service: strip, from: 1m, for: 1h }]\n",
      "a.yaml:3:22: outages[0].service is not a choice: found 'strip' (did you mean 'stripe'?), "
        + "expected one of stripe, flight, hotel, activity, mail, hooks"
    ),
    (
      "name: a\nbookings: 5\ntrips: { currencies: { XXX: 1 } }\n",
      "a.yaml:3:24: trips.currencies has an unknown currency: found 'XXX', "
        + "expected an ISO 4217 code that trips are sold in"
    ),
    (
      "name: a\nbookings: 5\ntrips: { seats: yes }\n",
      "a.yaml:3:17: trips.seats is not a choice: found 'yes', expected one of plenty, scarce"
    ),
    (
      "name: a\nbookings: 5\nclients: 3\n",
      "a.yaml:3:10: clients is not a mapping: found '3', expected a mapping with keys among patience, "
        + "double-click, retry-after-timeout, other-body, malformed, rival, hang-up, cancel, modify, modify-again, modify-twice, cancel-while-modifying, names, "
        + "foreign-reads, probe, bad-party, bad-person, awkward-person, other-payer, share, hooks, network"
    ),
    (
      "name: a\nbookings: 5\nclients: { foreign-reads: 10% }\n",
      "a.yaml:3:10: clients has foreign-reads without anybody foreign: found one name, "
        + "expected 'names': 2 or more"
    ),
    (
      "name: a\nbookings: 5\nclients: { cancel: { after: 3s } }\n",
      "a.yaml:3:20: clients.cancel lacks 'share': found after, expected 'share': how often"
    ),
    (
      "name: a\nbookings: 5\nname: b\n",
      "a.yaml:1:1: a key is written twice: found 'name' more than once, expected each key once"
    ),
    (
      "name: a\nbookings: [5\n",
      "a.yaml:3:1: not YAML: found did not find expected ',' or ']' (while parsing a flow sequence), "
        + "expected valid YAML"
    ),
    (
      "",
      "a.yaml:1:1: the scenario is empty: found nothing, expected a mapping with at least 'name' and 'bookings'"
    ),
    (
      "- a\n",
      "a.yaml:1:1: the scenario is not a mapping: found a list, "
        + "expected a mapping with at least 'name' and 'bookings'"
    ),
  ]

  @Test(arguments: cases)
  func badInputIsNamedWithItsPlace(text: String, message: String) {
    let error = #expect(throws: ScenarioError.self) {
      try ScenarioDecoder.decode(text, path: "a.yaml")
    }
    #expect(error?.description == message)
  }

  @Test func missingFileIsNamed() {
    let error = #expect(throws: ScenarioError.self) { try ScenarioDecoder.load("no/such.yaml") }
    #expect(
      error?.description
        == "no/such.yaml: cannot be read: found no such file, expected a readable scenario file")
  }

  @Test func unknownMarkIsNamed() {
    let error = #expect(throws: ScenarioError.self) {
      try ScenarioDecoder.decode("name: a\nbookings: 1\nmust-reach: [declin]\n", path: "a.yaml")
    }
    #expect(error?.found == "'declin' (did you mean 'decline'?)")
  }

  @Test(arguments: [
    ("[{ seeds: 60 }]", "must-reach[0] lacks 'mark'"),
    ("[{ mark: decline, seeds: 0 }]", "must-reach[0].seeds is out of range"),
    ("[{ mark: declin }]", "unknown mark in must-reach[0].mark"),
    ("[decline, { mark: decline, seeds: 2 }]", "must-reach[1] is named twice"),
  ])
  func aRequiredMarkIsReadStrictly(text: String, message: String) {
    let error = #expect(throws: ScenarioError.self) {
      try ScenarioDecoder.decode("name: a\nbookings: 1\nmust-reach: \(text)\n", path: "a.yaml")
    }
    #expect(error?.message == message)
  }
}
