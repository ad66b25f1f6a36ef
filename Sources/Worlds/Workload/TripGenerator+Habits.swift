import Audit
import BookingOrchestrator
import Scenarios
import Simulation
import Wire

/// Clients whose requests are not as they should be, and clients who have hard names.
extension TripGenerator {
  /// Gives a client its habit, if it has one.
  ///
  /// Draws from a stream of its own: a share shifts no other draw, and none but this client's.
  /// - Parameter begin: when the client comes; microseconds since 1970.
  func addHabit(to trip: inout Trip, begin: Int64) {
    let clients = scenario.clients
    var payers = streams.stream(Purposes.payer, UInt64(trip.client))
    if payers.chance(partsPerMillion: clients.otherPayer.partsPerMillion) {
      trip.offered.request.billingDetails?.email = "payer-\(trip.client)@example.org"
    }
    var stream = streams.stream(Purposes.habit, UInt64(trip.client))
    var draw = ExclusiveDraw(&stream)
    if draw.hits(clients.badParty) {
      let flaws = RequestFlaw.ofParty
      spoil(&trip, flaws[stream.index(below: flaws.count)], begin, &stream)
    } else if draw.hits(clients.badPerson) {
      let flaws = RequestFlaw.ofPeople
      spoil(&trip, flaws[stream.index(below: flaws.count)], begin, &stream)
    } else if draw.hits(clients.awkwardPerson) {
      makeAwkward(&trip, &stream)
    }
  }

  private func spoil(
    _ trip: inout Trip, _ flaw: RequestFlaw, _ begin: Int64, _ stream: inout RandomStream
  ) {
    var request = trip.offered.request
    spoil(&request, flaw, begin)
    trip.offered.flaw = flaw
    trip.offered.request = request
    // A wrong party stands in the option, or in a request that does not believe the option.
    let isInOption = stream.index(below: 2) == 0
    if flaw.isOfTravelers, isInOption { trip.offered.option.travelers = request.travelers }
  }

  private func spoil(_ request: inout TripRequest, _ flaw: RequestFlaw, _ begin: Int64) {
    let injected = "\r\nBcc: \(Self.canary)"
    let first = request.travelers[0]
    switch flaw {
    case .oneTravelerMore: request.travelers.append(first)
    case .oneTravelerLess: request.travelers.removeLast()
    case .tenTravelers: request.travelers = Array(repeating: first, count: 10)
    case .amountBelow: request.amount -= 10
    case .amountAbove: request.amount += 10
    case .otherCurrency:
      let other = request.currency.code == "USD" ? "EUR" : "USD"
      guard let currency = Currency(code: other) else {
        preconditionFailure("trips are sold in \(other)")
      }
      request.currency = currency
    case .nameOfSpaces: request.travelers[0].lastName = "   "
    case .nameWithControl: request.travelers[0].lastName += "\u{7}"
    case .nameWithLineBreak: request.travelers[0].firstName += injected
    case .nameWithEmoji: request.travelers[0].lastName = "\(first.lastName) 😀"
    case .nameTurned: request.travelers[0].firstName = "\u{202E}\(first.firstName)"
    case .nameWithoutEnd: request.travelers[0].lastName = String(repeating: "a", count: 5_000)
    case .nameInHan: request.travelers[0].lastName = "李"
    case .nameInCyrillic: request.travelers[0].firstName = "Кузнецов"
    case .bornOnNoDay: request.travelers[0].dateOfBirth = "1987-02-30"
    // In UTC; somewhere it may be that day already.
    case .bornTomorrow:
      request.travelers[0].dateOfBirth = CivilTime.date(begin).advanced(by: 1).description
    case .emailOfNobody: request.customer.email = "@"
    case .emailWithHeader: request.customer.email += injected
    case .cardEmailOfNobody: request.billingDetails?.email = "nobody"
    case .phoneOfNobody: request.customer.phone = "n/a"
    case .countryInWords: request.billingDetails?.address?.country = "Norway"
    case .bookerWithHeader: request.billingDetails?.name = "Ada\(injected) Lovelace"
    case .bookerOfApostrophes: request.billingDetails?.name = "' '"
    case .bookerWithoutEnd:
      request.billingDetails?.name = "Ada " + String(repeating: "abcdefgh", count: 9)
    case .bookerInHan: request.billingDetails?.name = "李 小龙"
    }
  }

  /// What an injected line would write to.
  static let canary = "injected@example.com"

  private func makeAwkward(_ trip: inout Trip, _ stream: inout RandomStream) {
    var request = trip.offered.request
    for index in request.travelers.indices {
      let (first, last) = Names.awkward[stream.index(below: Names.awkward.count)]
      request.travelers[index].firstName = first
      request.travelers[index].lastName = last
    }
    let booker = request.travelers[0]
    let address = "o'brien+\(trip.client)@mail.example.co.uk"
    let phone = [nil, "+44 (20) 7946-0958", "+4722334455"][stream.index(below: 3)]
    request.customer.id = address
    request.customer.email = address
    request.customer.firstName = booker.firstName
    request.customer.lastName = booker.lastName
    request.customer.phone = phone
    request.billingDetails = .init(
      name: "\(booker.firstName) \(booker.lastName)", email: address, phone: phone,
      address: .init(
        line1: "Søndre gate 7½, c/o Weiß", line2: "", city: "Łódź", state: "",
        postalCode: "SW1A 1AA", country: ["no", "PL", "GB"][stream.index(below: 3)]))
    // An option that has its party keeps it: these people come in their place.
    trip.offered.isAwkward = true
    trip.offered.request = request
  }
}
