package import BookingOrchestrator
package import HTTPSockets
package import Logging

/// Everything that a server is told when it starts, checked.
package struct Settings: Sendable {
  /// The address to listen at.
  package var host = "127.0.0.1"
  /// The port; 0 for a free one.
  package var port = 0
  /// The file with the bookings.
  package var database = "bookings.sqlite"
  /// What clients show.
  package var clientKeys: [ClientKey] = []
  /// What operators show; nil when there is nothing for them.
  package var operatorKey: String?
  /// What the orchestrator is told.
  package var orchestrator = OrchestratorConfiguration()
  /// What one client may take.
  package var limits = SocketServer.Limits()
  /// How often one address may open links.
  var shareLimit = AddressLimiter.Limit()
  /// Whether a proxy is believed about whom it speaks for.
  package var trustsForwarded = false
  /// How many requests each client may send; nil for any number.
  package var rateLimit: RateLimit?
  /// How long a stop waits for answers under way.
  package var stopWithin: Duration = .seconds(60)
  /// How much is logged.
  package var logLevel: Logger.Level = .info
  /// Creates defaults without any secret: nobody may come in.
  package init() {}
}

extension Settings {
  /// Reads and checks all settings.
  /// - Throws: ``ConfigurationFault`` that names every variable that is missing or wrong.
  package init(_ source: SettingSource) throws(ConfigurationFault) {
    self.init()
    var reader = SettingReader(source)
    host = reader.text(.host) { !$0.isEmpty }
    port = reader.number(.port, in: 0...65_535)
    database = reader.text(.database) { !$0.isEmpty }
    clientKeys = reader.clientKeys(.bookingAPIKeys)
    operatorKey = reader.keys(.operatorKey).first
    stopWithin = reader.duration(.stopWithin)
    logLevel =
      Logger.Level(rawValue: reader.text(.logLevel) { Logger.Level(rawValue: $0) != nil })
      ?? .info
    orchestrator.answerWithin = reader.duration(.answerWithin)
    orchestrator.tripDeadline = reader.duration(.tripDeadline)
    orchestrator.capture =
      CaptureTime(rawValue: reader.text(.tripCapture) { CaptureTime(rawValue: $0) != nil })
      ?? .atOnce
    orchestrator.bodyLimit = reader.number(.bodyLimit, in: 1_024...16_777_216)
    limits.bodyBytes = orchestrator.bodyLimit + 1
    limits.bodyWithin = reader.duration(.bodyWithin)
    limits.idle = reader.duration(.idleTimeout)
    orchestrator.publicURL = reader.optionalURL(.publicURL)
    trustsForwarded = reader.text(.trustForwarded) { $0 == "true" || $0 == "false" } == "true"
    rateLimit = reader.rateLimit(.rateLimit)
    orchestrator.hooks = reader.hooks(.bookingHooks)
    orchestrator.vendors = reader.vendors()
    guard reader.faults.isEmpty else { throw ConfigurationFault(reader.faults) }
  }
}

extension SettingReader {
  fileprivate mutating func vendors() -> VendorConfiguration {
    var vendors = VendorConfiguration()
    let mock = mockStripe()
    vendors.stripeURL = mock ?? url(.stripeURL)
    vendors.stripeSecretKey = text(.stripeSecretKey) {
      $0.hasPrefix("sk_") || $0.hasPrefix("rk_")
    }
    if mock != nil, vendors.stripeSecretKey.contains("_live_") {
      faults.append(
        "STRIPE_SECRET_KEY: found a live key beside MOCK_STRIPE, expected a test key or no MOCK_STRIPE"
      )
    }
    vendors.stripeWebhookSecret = text(.stripeWebhookSecret) { $0.hasPrefix("whsec_") }
    vendors.stripeTimeout = duration(.stripeTimeout)
    vendors.amadeusClientID = text(.amadeusAPIKey) { !$0.isEmpty }
    vendors.amadeusClientSecret = text(.amadeusAPISecret) { !$0.isEmpty }
    vendors.amadeusURL = url(.amadeusURL)
    vendors.flightTimeout = duration(.amadeusTimeout)
    vendors.bookingComAPIKey = text(.bookingComAPIKey) { !$0.isEmpty }
    vendors.bookingComAffiliateID = number(.bookingComAffiliateID, in: 1...Int.max)
    vendors.bookingComURL = url(.bookingComURL)
    vendors.hotelTimeout = duration(.bookingComTimeout)
    vendors.viatorAPIKey = text(.viatorAPIKey) { !$0.isEmpty }
    vendors.viatorURL = url(.viatorURL)
    vendors.activityTimeout = duration(.viatorTimeout)
    vendors.mailToken = text(.mailToken) { !$0.isEmpty }
    vendors.mailFrom = text(.mailFrom) { $0.dropFirst().dropLast().contains("@") }
    vendors.mailURL = url(.mailURL)
    vendors.mailTimeout = duration(.mailTimeout)
    vendors.contactPhone = text(.contactPhone) {
      $0.first == "+" && $0.count > 4 && $0.dropFirst().allSatisfy { ("0"..."9").contains($0) }
    }
    vendors.defaultCountry = text(.defaultCountry) {
      $0.utf8.count == 2 && $0.allSatisfy { ("A"..."Z").contains($0) }
    }
    return vendors
  }

  /// The fake Stripe's URL; nil when the real one is meant.
  private mutating func mockStripe() -> String? {
    switch text(.mockStripe, where: { $0 == "true" || $0 == "false" || Self.isURL($0) }) {
    case "true": "http://127.0.0.1:12111"
    case "false", "": nil
    case let url: Self.trimmed(url)
    }
  }
}
