/// The four vendors' clients.
struct Vendors: Sendable {
  var stripe: StripeClient
  var amadeus: AmadeusClient
  var bookingCom: BookingComClient
  var viator: ViatorClient
}
