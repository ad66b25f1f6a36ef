import BookingOrchestrator
import Foundation
import Testing

@testable import BookingServer

struct SettingsTests {
  static let good = [
    "BOOKING_API_KEYS": "client-key-0123456789", "STRIPE_SECRET_KEY": "sk_test_hidden",
    "STRIPE_WEBHOOK_SECRET": "whsec_hidden", "AMADEUS_API_KEY": "hidden-a",
    "AMADEUS_API_SECRET": "hidden-b", "BOOKING_COM_API_KEY": "hidden-c",
    "BOOKING_COM_AFFILIATE_ID": "7", "VIATOR_API_KEY": "hidden-d", "MAIL_TOKEN": "hidden-e",
    "MAIL_FROM": "trips@example.com",
  ]

  private func settings(
    _ changes: [String: String] = [:], flags: [String] = [], file: String? = nil
  ) async throws -> Settings {
    try Settings(
      try await SettingSource(
        flags: flags, environment: Self.good.merging(changes) { $1 }, file: file))
  }

  @Test func goodEnvironmentIsEnough() async throws {
    let settings = try await settings()
    #expect(settings.port == 8_080)
    #expect(settings.orchestrator.vendors.stripeSecretKey == "sk_test_hidden")
    #expect(settings.orchestrator.vendors.stripeURL == "https://api.stripe.com")
    #expect(settings.operatorKey == nil)
  }

  @Test(arguments: good.keys.sorted())
  func whatIsMissingIsNamed(variable: String) async throws {
    let fault = await #expect(throws: ConfigurationFault.self) {
      try await settings([variable: ""])
    }
    #expect(fault?.faults.count == 1)
    #expect(fault?.faults.first?.hasPrefix("\(variable) is not set, expected ") == true)
  }

  @Test(arguments: [
    ("PORT", "http"), ("PORT", "65536"), ("STRIPE_SECRET_KEY", "pk_test_1"),
    ("STRIPE_WEBHOOK_SECRET", "secret"), ("BOOKING_API_KEYS", "short"), ("OPERATOR_KEY", "short"),
    ("BOOKING_COM_AFFILIATE_ID", "none"), ("AMADEUS_URL", "api.amadeus.com"),
    ("VIATOR_URL", "ftp://viator"), ("MOCK_STRIPE", "yes"), ("ANSWER_WITHIN", "60"),
    ("STRIPE_TIMEOUT", "0s"), ("LOG_LEVEL", "loud"), ("MAIL_FROM", "nobody"),
    ("BODY_LIMIT", "1"), ("DEFAULT_COUNTRY", "usa"), ("MAIL_TOKEN", "two\nlines"),
    ("RATE_LIMIT", "50"), ("BOOKING_HOOKS", "acme:hook-secret-0123456789"),
    ("BOOKING_HOOKS", "acme:short@https://acme.test/"),
    ("BOOKING_HOOKS", "hook-secret-0123456789@https://acme.test/"),
    ("BOOKING_HOOKS", "acme:hook-secret-0123456789@acme.test"),
  ])
  func whatIsMalformedIsNamedWithWhatWasExpected(variable: String, value: String) async throws {
    let fault = await #expect(throws: ConfigurationFault.self) {
      try await settings([variable: value])
    }
    let text = try #require(fault?.faults.first)
    #expect(fault?.faults.count == 1)
    #expect(text.hasPrefix("\(variable): found ") && text.contains(", expected "))
    let isSecret = try #require(Setting.all.first { $0.variable == variable }).isSecret
    #expect(text.contains("'\(value)'") == !isSecret)
  }

  @Test func liveKeyIsNotShownToAFake() async throws {
    let fault = await #expect(throws: ConfigurationFault.self) {
      try await settings(["MOCK_STRIPE": "true", "STRIPE_SECRET_KEY": "sk_live_1"])
    }
    #expect(fault?.description.contains("sk_live_1") == false)
  }

  @Test(arguments: [
    ("true", "http://127.0.0.1:12111"), ("http://127.0.0.1:9/", "http://127.0.0.1:9"),
    ("false", "https://api.stripe.com"),
  ])
  func mockStripeReplacesStripe(value: String, url: String) async throws {
    let settings = try await settings(["MOCK_STRIPE": value])
    #expect(settings.orchestrator.vendors.stripeURL == url)
  }

  @Test func flagsComeBeforeTheEnvironmentAndThatBeforeAFile() async throws {
    let folder = try TestFolder()
    let file = folder.path("settings.json")
    try Data(
      #"{"port": 1, "host": "127.0.0.2", "database": "file.sqlite", "stripe": {"timeout": "7s"}}"#
        .utf8
    ).write(to: URL(fileURLWithPath: file))
    let settings = try await settings(
      ["HOST": "127.0.0.3", "DATABASE": "environment.sqlite"],
      flags: [
        "--database", "flag.sqlite",
        "--booking-api-keys=key-number-one-of-two,key-number-two-of-two",
      ],
      file: file)
    #expect(settings.port == 1)
    #expect(settings.host == "127.0.0.3")
    #expect(settings.database == "flag.sqlite")
    #expect(settings.orchestrator.vendors.stripeTimeout == .seconds(7))
    #expect(
      settings.clientKeys == [
        ClientKey("key-number-one-of-two"), ClientKey("key-number-two-of-two"),
      ])
  }

  @Test func clientsHaveNamesAndKeysThatNobodyElseHas() async throws {
    let keys =
      "acme:key-number-one-a, acme:key-number-two-a,b.c_d-1:key:with:colons:,key-without-a-name"
    let acme = ClientName("acme")
    #expect(
      try await settings(["BOOKING_API_KEYS": keys]).clientKeys == [
        ClientKey("key-number-one-a", client: acme), ClientKey("key-number-two-a", client: acme),
        ClientKey("key:with:colons:", client: ClientName("b.c_d-1")),
        ClientKey("key-without-a-name"),
      ])
    let fault = await #expect(throws: ConfigurationFault.self) {
      try await settings(["BOOKING_API_KEYS": "a:key-number-one-a,b:key-number-one-a"])
    }
    #expect(fault?.faults.count == 1)
    #expect(fault?.faults.first?.contains("one key for two clients") == true)
  }

  @Test(arguments: [
    "acme:short", ":key-without-a-name", "ac me:key-number-one-a", "a\u{E9}:key-number-one-a",
    "acme:key number one of 1", ",",
  ])
  func malformedClientKeyIsRefused(entry: String) async throws {
    await #expect(throws: ConfigurationFault.self) {
      try await settings(["BOOKING_API_KEYS": entry])
    }
  }

  @Test(arguments: [#"{"prot": 1}"#, "[]", "{", #"{"stripe": {"secret": "x"}}"#])
  func fileWithAFaultIsRefused(text: String) async throws {
    let folder = try TestFolder()
    let file = folder.path("settings.json")
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    await #expect(throws: ConfigurationFault.self) { try await settings(file: file) }
  }

  @Test(arguments: [["--prot", "1"], ["--port"], ["serve"], ["-p", "1"]])
  func flagWithAFaultIsRefused(flags: [String]) async throws {
    await #expect(throws: ConfigurationFault.self) { try await settings(flags: flags) }
  }

  @Test func secretsAreNeverShown() async throws {
    let source = try await SettingSource(
      flags: ["--operator-key", "hidden-operator-key"], environment: Self.good, file: nil)
    let text = ConfigCommand.text(source)
    #expect(!text.contains("hidden") && !text.contains("client-key"))
    #expect(text.contains("OPERATOR_KEY") && text.contains("<redacted>  (flag)"))
    #expect(text.contains("trips@example.com  (environment)"))
    for setting in Setting.all { #expect(text.contains(setting.variable)) }
  }

  @Test func namesAreThoseOfTheMission() {
    let names = Set(Setting.all.map(\.variable))
    for name in [
      "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "MOCK_STRIPE", "AMADEUS_API_KEY",
      "AMADEUS_API_SECRET", "BOOKING_COM_API_KEY", "VIATOR_API_KEY", "PORT", "DATABASE",
    ] {
      #expect(names.contains(name))
    }
  }

  @Test func hooksAndLimitsAreRead() async throws {
    let settings = try await settings([
      "RATE_LIMIT": "600/m",
      "BOOKING_HOOKS":
        "acme:hook-secret-0123456789@https://acme.test/a, globex:hook-secret-9876543210@http://g.test",
    ])
    #expect(settings.rateLimit == RateLimit(requests: 600, in: .seconds(60)))
    #expect(
      settings.orchestrator.hooks == [
        ClientName("acme"): HookTarget(
          url: "https://acme.test/a", secret: "hook-secret-0123456789"),
        ClientName("globex"): HookTarget(url: "http://g.test", secret: "hook-secret-9876543210"),
      ])
    #expect(try await self.settings().rateLimit == nil)
    #expect(try await self.settings().orchestrator.hooks == [:])
  }
}
