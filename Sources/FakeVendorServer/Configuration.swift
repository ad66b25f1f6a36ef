package import FakeVendors
package import Scenarios

extension VendorServer {
  /// What whoever runs the fakes decides.
  package struct Configuration: Sendable {
    /// The TCP port of each service; 0, and none, let the system choose a free one.
    package var ports: [VendorName: Int] = [:]
    /// What opens the services.
    package var keys = VendorKeys()
    /// The only secret key of Stripe; nil accepts every key that begins with `sk_test_`.
    package var onlyStripeKey: String?
    /// What ids and the scenario's draws are derived from.
    package var seed: UInt64 = 1
    /// How time passes.
    package var time = VendorClock.Mode.real
    /// How much faster than the wall clock real time passes; 1 for everyone who does not bring a
    /// client that lives on the fakes' own clock.
    package var speed = 1
    /// What goes wrong and how long things take; nil: nothing, and no time at all. Only its services
    /// and outages count.
    package var scenario: Scenario?
    /// Where Stripe's events go at first.
    package var webhook: WebhookTarget?
    /// Payment methods of Stripe's that exist from the start, each with the test token it is like.
    package var paymentMethods: [(id: String, token: String)] = []

    /// Creates the defaults.
    package init() {}
  }
}
