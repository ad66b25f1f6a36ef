import BookingServer
import Testing

struct SettingsTests {
  static let good = [
    "BOOKING_API_KEYS": "client-key-0123456789", "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1", "AMADEUS_API_KEY": "a", "AMADEUS_API_SECRET": "b",
    "BOOKING_COM_API_KEY": "c", "BOOKING_COM_AFFILIATE_ID": "7", "VIATOR_API_KEY": "d",
    "MAIL_TOKEN": "e", "MAIL_FROM": "trips@example.com",
  ]
}
