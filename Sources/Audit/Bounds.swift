/// The bounds that liveness and spacing are measured by; times in microseconds.
enum Bounds {
  /// Three sends of one step within this are a hot loop.
  static let hotLoop: Int64 = 100_000
  /// Sends of one step: an outage of 26 hours at the longest back-off of 15 minutes, drawn down to a
  /// tenth of a second at worst, stays far below.
  static let attempts = 4_000
  /// Reads of one slot: more is a loop that learns nothing.
  static let reads = 1_000
  /// L1: a trip's own waits (deadline 1 h, activities 20 min, key life 24 h apart) end far within.
  static let trip: Int64 = 24 * 3_600 * 1_000_000
  /// L2: eighteen times a vendor's longest processing time and look-up lag.
  static let resolve: Int64 = 6 * 3_600 * 1_000_000
  /// L3: an undo may be refused and tried again many times before it is parked.
  static let compensation: Int64 = 12 * 3_600 * 1_000_000
  /// L4: no lease lasts longer (`Sources/README.md`, "Leases and fencing").
  static let lease: Int64 = 180 * 1_000_000
  /// L4: on top of the old lease.
  static let claim: Int64 = 60 * 1_000_000
  /// How long after an answer a death may still take the knowledge of it.
  static let noting: Int64 = 5 * 1_000_000
  /// V12: from an answer to the commit of what it said. Calls that a trip makes side by side are noted
  /// together, and the longest of them may take minutes.
  static let understanding: Int64 = 300 * 1_000_000
  /// N8: sendings of one mail within an hour; back-off with full jitter makes some fifteen of an outage
  /// of an hour.
  static let mailsAnHour = 40
  /// N8: from the moment at which a mail may be sent until it is: the longest back-off (900 s), and five
  /// minutes for others before it.
  static let mailing: Int64 = 1_200 * 1_000_000
  /// A17: no client waits for an answer longer than this.
  static let question: Int64 = 600 * 1_000_000
  /// N8: a new mail is sent within this.
  static let mailingNew: Int64 = 60 * 1_000_000
  /// K2: how long an event for a client is tried, less the moment between its claim and its sending.
  static let hookDay: Int64 = 86_400 * 1_000_000 - moment
  /// K5: the shortest pause after a try, and after the twelfth, when pauses have grown to 15 min of which
  /// half is drawn.
  static let hookPause: Int64 = 2_500_000
  static let hookPauseLate: Int64 = 450 * 1_000_000
  /// K6: until an event is sent that an operator had sent again, past the process that runs.
  static let hookAgain: Int64 = 90 * 1_000_000
  /// K6: how many events go to one receiver at once.
  static let hooksAtOnce = 8
  /// N9: from its arrival until what came for a trip is taken in: an answer that is waited for (120 s), a
  /// lease that runs out (180 s) and the next scan (30 s) lie far within.
  static let taking: Int64 = 600 * 1_000_000
  /// N9: the same while one process lives on, which is told of what comes; a trip sleeps through waits of
  /// up to 15 s.
  static let takingAwake: Int64 = 20 * 1_000_000
  /// N9: the same of what operators write past it: its scan finds that (30 s).
  static let takingDecisions: Int64 = 60 * 1_000_000
  /// A17: from the end of a trip until who waits for it is told, the way of the answer included.
  static let telling: Int64 = 30 * 1_000_000
  /// A17: how long a request is kept waiting for an end before it is answered without one.
  static let patienceOfAnswers: Int64 = 59 * 1_000_000
  /// Answers of "not now" to one call before giving up on it is believed.
  static let patience = 5
  /// Refusals of an undo that count as "for ever".
  static let refusals = 10

  // What is promised to clients and vendors, and what follows from it.

  /// How long a trip may take, from its acceptance; then it fails, and not before.
  static let deadline: Int64 = 3_600 * 1_000_000
  /// How long a supplier has to decide about an activity, from when flight and hotel are booked.
  static let activities: Int64 = 1_200 * 1_000_000
  /// So long before its deadline a trip waits for no activity any more.
  static let beforeDeadline: Int64 = 60 * 1_000_000
  /// How often a hotel is tried whose orders come to nothing.
  static let hotelTries = 3
  /// A check, a commit and a send take a moment.
  static let moment: Int64 = 1_000_000
  /// L15: the longest back-off (15 min), the longest pause of a breaker (5 min), and a minute for the
  /// lease of a process that died and for the scan that finds what it left.
  static let silence: Int64 = (900 + 300 + 60) * 1_000_000
  /// L16: delays are drawn evenly from up to 1 s, doubled with each try up to 15 min, so that twelve
  /// tries fill an hour on average: after the tenth, thirty more would have to draw from less than a
  /// fifth of what they are drawn from.
  static let callsAnHour = 40
}
