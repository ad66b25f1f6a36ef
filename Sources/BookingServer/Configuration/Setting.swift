/// One thing that can be set: its names, and what is expected of it.
package struct Setting: Sendable, Hashable {
  /// Where it stands in a JSON file: `["stripe", "secretKey"]`; flag and variable derive from it.
  package let path: [String]
  /// What it is, for people.
  package let about: String
  /// What is expected, for the message about a value that is not it.
  package let expected: String
  /// What holds when it is not set; nil when it must be.
  package let fallback: String?
  /// Whether it is never shown.
  package let isSecret: Bool

  init(
    _ path: String, _ about: String, expected: String, fallback: String?, isSecret: Bool = false
  ) {
    self.path = path.split(separator: ".").map(String.init)
    self.about = about
    self.expected = expected
    self.fallback = fallback
    self.isSecret = isSecret
  }

  /// The environment's variable: `STRIPE_SECRET_KEY`.
  package var variable: String { words.joined(separator: "_").uppercased() }
  /// The flag: `--stripe-secret-key`.
  package var flag: String { "--" + words.joined(separator: "-") }
  /// The place in a file: `stripe.secretKey`.
  package var key: String { path.joined(separator: ".") }

  private var words: [String] {
    path.flatMap { part in
      var words = [""]
      for letter in part {
        if letter.isUppercase { words.append("") }
        words[words.count - 1].append(letter.lowercased())
      }
      return words
    }
  }
}

extension Setting {
  static let host = Setting(
    "host", "The address to listen at.", expected: "an address such as 127.0.0.1",
    fallback: "127.0.0.1")
  static let port = Setting(
    "port", "The TCP port; 0 for a free one.", expected: "a number from 0 to 65535",
    fallback: "8080")
  static let database = Setting(
    "database", "The file with the bookings.", expected: "a path", fallback: "bookings.sqlite")
  static let bookingAPIKeys = Setting(
    "booking.apiKeys", "Clients' names and what they show as 'Authorization: Bearer …'.",
    expected:
      "name:key pairs or keys alone, separated by commas, each key of 16 or more visible characters",
    fallback: nil,
    isSecret: true)
  static let publicURL = Setting(
    "public.url", "Where people reach this server, for links; without it links are paths.",
    expected: url, fallback: "")
  static let trustForwarded = Setting(
    "trust.forwarded",
    "Whether a proxy before this server names addresses in X-Forwarded-For, for the limit on links.",
    expected: "true or false", fallback: "false")
  static let operatorKey = Setting(
    "operator.key", "What operators show for /operator and /metrics; without it neither is served.",
    expected: "16 or more visible characters", fallback: "", isSecret: true)

  static let stripeSecretKey = Setting(
    "stripe.secretKey", "Stripe's secret key.", expected: "a key that begins with sk_ or rk_",
    fallback: nil, isSecret: true)
  static let stripeWebhookSecret = Setting(
    "stripe.webhookSecret", "What Stripe signs its webhooks with.",
    expected: "a secret that begins with whsec_", fallback: nil, isSecret: true)
  static let stripeURL = Setting(
    "stripe.url", "Where Stripe is.", expected: url, fallback: "https://api.stripe.com")
  static let mockStripe = Setting(
    "mock.stripe", "A fake Stripe to use instead: its URL, or true for http://127.0.0.1:12111.",
    expected: "true, false or \(url)", fallback: "false")
  static let amadeusAPIKey = Setting(
    "amadeus.apiKey", "Amadeus's API key.", expected: something, fallback: nil, isSecret: true)
  static let amadeusAPISecret = Setting(
    "amadeus.apiSecret", "Amadeus's API secret.", expected: something, fallback: nil,
    isSecret: true)
  static let amadeusURL = Setting(
    "amadeus.url", "Where Amadeus is.", expected: url, fallback: "https://api.amadeus.com")
  static let bookingComAPIKey = Setting(
    "bookingCom.apiKey", "Booking.com's API key.", expected: something, fallback: nil,
    isSecret: true)
  static let bookingComAffiliateID = Setting(
    "bookingCom.affiliateId", "Booking.com's number for us.", expected: "a whole number above 0",
    fallback: nil)
  static let bookingComURL = Setting(
    "bookingCom.url", "Where Booking.com is.", expected: url,
    fallback: "https://demandapi.booking.com")
  static let viatorAPIKey = Setting(
    "viator.apiKey", "Viator's API key.", expected: something, fallback: nil, isSecret: true)
  static let viatorURL = Setting(
    "viator.url", "Where Viator is.", expected: url, fallback: "https://api.viator.com")
  static let mailToken = Setting(
    "mail.token", "The mail service's token.", expected: something, fallback: nil, isSecret: true)
  static let mailFrom = Setting(
    "mail.from", "Who our mails are from.", expected: "an e-mail address", fallback: nil)
  static let mailURL = Setting(
    "mail.url", "Where the mail service is.", expected: url,
    fallback: "https://api.postmarkapp.com")
  static let contactPhone = Setting(
    "contact.phone", "Our telephone number, for bookers who gave none.",
    expected: "a number such as +15550100", fallback: "+15550100")
  static let defaultCountry = Setting(
    "default.country", "Where bookers live who did not say.",
    expected: "two letters of ISO 3166-1 such as US", fallback: "US")

  static let answerWithin = Setting(
    "answer.within", "How long a booking's outcome is waited for before the answer is 202.",
    expected: duration, fallback: "60s")
  static let tripDeadline = Setting(
    "trip.deadline", "After how long a trip is no longer confirmed.", expected: duration,
    fallback: "1h")
  static let tripCapture = Setting(
    "trip.capture", "When the money of a trip is taken whose option does not say.",
    expected: "at-once or when-booked", fallback: "at-once")
  static let stopWithin = Setting(
    "stop.within", "How long a stop waits for answers under way.", expected: duration,
    fallback: "60s")
  static let stripeTimeout = Setting(
    "stripe.timeout", "How long Stripe is waited for.", expected: duration, fallback: "80s")
  static let amadeusTimeout = Setting(
    "amadeus.timeout", "How long Amadeus is waited for.", expected: duration, fallback: "90s")
  static let bookingComTimeout = Setting(
    "bookingCom.timeout", "How long Booking.com is waited for.", expected: duration,
    fallback: "90s")
  static let viatorTimeout = Setting(
    "viator.timeout", "How long Viator is waited for.", expected: duration, fallback: "120s")
  static let mailTimeout = Setting(
    "mail.timeout", "How long the mail service is waited for.", expected: duration,
    fallback: "30s")
  static let bodyLimit = Setting(
    "body.limit", "The longest body that is read, in bytes.",
    expected: "a number from 1024 to 16777216", fallback: "262144")
  static let bodyWithin = Setting(
    "body.within", "How long a client may take to send a body.", expected: duration,
    fallback: "30s")
  static let idleTimeout = Setting(
    "idle.timeout", "How long a connection may be silent.", expected: duration, fallback: "75s")
  static let bookingHooks = Setting(
    "booking.hooks",
    "Where clients are told of their bookings, and the secret that signs it; separated by commas.",
    expected: "entries client:secret@url, the secret of 16 or more visible characters",
    fallback: "", isSecret: true)
  static let rateLimit = Setting(
    "rate.limit", "How many requests each client may send in which time.",
    expected: "a number and a time such as 50/s, 600/m or 20/500ms, or off", fallback: "off")
  static let logLevel = Setting(
    "log.level", "How much is logged.",
    expected: "trace, debug, info, notice, warning, error or critical", fallback: "info")

  /// All of them, in the order in which they are shown.
  package static let all: [Setting] = [
    host, port, database, bookingAPIKeys, operatorKey, publicURL, trustForwarded,
    stripeSecretKey, stripeWebhookSecret, stripeURL, mockStripe, stripeTimeout,
    amadeusAPIKey, amadeusAPISecret, amadeusURL, amadeusTimeout,
    bookingComAPIKey, bookingComAffiliateID, bookingComURL, bookingComTimeout,
    viatorAPIKey, viatorURL, viatorTimeout,
    mailToken, mailFrom, mailURL, mailTimeout, contactPhone, defaultCountry,
    answerWithin, tripDeadline, tripCapture, stopWithin, bodyLimit, bodyWithin, idleTimeout,
    rateLimit, bookingHooks, logLevel,
  ]

  private static let url = "a URL such as http://127.0.0.1:12111, without a query"
  private static let something = "a text that is not empty"
  private static let duration = "a duration such as 60s, 500ms, 2m or 1h"
}
