/// The four vendors' clients.
struct VendorClients: Sendable {
  var stripe: StripeClient
  var amadeus: AmadeusClient
  var bookingCom: BookingComClient
  var viator: ViatorClient
}
