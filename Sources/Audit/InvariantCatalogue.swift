/// What must hold, by id: the promises that the auditor judges a world by.
///
/// The order of the cases is the order of reports.
package enum Invariant: Int, Sendable, Hashable, CaseIterable {
  case m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13
  case v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15
  case d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15
  case a1, a2, a3, a4, a5, a6, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18
  case w1, w2, w3, w4, w5, w6
  case n1, n4, n6, n7, n8, n9
  case l1, l2, l3, l4, l6, l7, l8, l10, l12, l13, l14, l15, l16, l17, l18, l19
  case x1, x2, x3, x6, x7, x8
  case p1, p2
  case h1, h2, h3, h4, h5, h6
  case s1, s2, s3, s4
  case c1, c2, c3, c4, c5, c6
  case k1, k2, k3, k4, k5, k6

  /// The id as reports write it: `M1`, `V10`.
  package var id: String { "\(self)".uppercased() }

  /// When an invariant is judged.
  package enum Moment: String, Sendable, Hashable {
    /// At every change of what it speaks of.
    case continuous = "C"
    /// At a transition or an outbound call.
    case transition = "T"
    /// When the world is quiet.
    case quiet = "Q"
    /// At the end, over the whole history.
    case end = "E"
  }
}

/// One invariant as the `list` command shows it.
package struct InvariantEntry: Sendable, Hashable {
  package var invariant: Invariant
  package var statement: String
  package var moments: [Invariant.Moment]

  /// The id as reports write it.
  package var id: String { invariant.id }
}

/// All invariants, in the order of reports.
package enum InvariantCatalogue {
  /// One entry per invariant, in the order of the cases.
  package static let entries: [InvariantEntry] = Invariant.allCases.map { invariant in
    let (statement, moments) = text(of: invariant)
    return InvariantEntry(invariant: invariant, statement: statement, moments: moments)
  }

  private static func text(of invariant: Invariant) -> (String, [Invariant.Moment]) {
    switch invariant {
    case .m1:
      ("a generation of a booking's payment is captured at most once", [.continuous])
    case .m2: ("captured and held money never exceeds the trip's total", [.continuous])
    case .m3: ("refunds of a payment never exceed what was captured", [.continuous])
    case .m4: ("one refund per cause, and each cause is real", [.continuous])
    case .m5:
      ("a charge is the total of the offer less activities truly gone", [.transition, .quiet])
    case .m6: ("charges and refunds are in the trip's currency", [.transition])
    case .m7: ("a confirmed trip has only partial refunds with their own cause", [.continuous])
    case .m8: ("the ledger balances and tells what Stripe tells", [.continuous, .quiet])
    case .m9: ("a finished trip costs its live items plus the penalties owed", [.quiet])
    case .m10:
      ("no mutating call without a durable row of the same key and payload", [.transition])
    case .m11: ("every object at a vendor belongs to exactly one booking and step", [.continuous])
    case .m12:
      ("a finished trip leaves no payment behind that could still be charged", [.quiet])
    case .m13: ("a refund of a part is never more than that part cost", [.continuous])
    case .v1: ("one live reservation per booking, slot and generation", [.continuous])
    case .v2: ("every live reservation is owned by a confirmed trip or parked", [.quiet])
    case .v3:
      ("a confirmed trip has flight, hotel, money and its activities", [.transition, .quiet])
    case .v4: ("a failed trip holds no reservation and no money", [.quiet])
    case .v5:
      ("a cancellation names only a reservation of its own booking", [.continuous, .transition])
    case .v6:
      ("what a confirmed trip needs is never cancelled without a cause", [.continuous])
    case .v7: ("capacity is available + held + confirmed, never oversold", [.continuous, .quiet])
    case .v8:
      ("undo runs backwards: a later slot is settled before an earlier one", [.transition])
    case .v9:
      ("after the first undo nothing new is done; late effects are undone", [.transition, .quiet])
    case .v10:
      ("what is booked is what was offered, at its price, in time", [.continuous, .transition])
    case .v11: ("a failed activity never undoes flight, hotel or charge", [.transition, .end])
    case .v12:
      ("a success that lacks only what is optional is taken for a success", [.transition])
    case .v13:
      (
        "answers are waited for as long as documented, their loss is no refusal",
        [.transition, .end]
      )
    case .v14: ("activities are waited for 20 minutes unless refused, and no longer", [.end])
    case .v15: ("what stands is looked after six hours later, and a new departure told", [.end])
    case .d1: ("a trip moves only along the declared transitions", [.continuous])
    case .d2: ("versions and events are gapless and chained", [.continuous, .end])
    case .d3: ("a trip's row is what its events tell", [.continuous, .end])
    case .d4: ("the payment row agrees with Stripe", [.transition, .quiet])
    case .d5: ("outbound calls and writes carry the current epoch", [.transition])
    case .d6: ("a step that is done names what the vendor made for it", [.quiet])
    case .d7: ("a finished trip starts nothing without a new cause", [.transition])
    case .d8:
      ("one operation, one key, one payload; a new key only after a rejection", [.transition])
    case .d9: ("what a client was told stays true after any crash", [.end])
    case .d10: ("one booking per client and key", [.end])
    case .d11: ("what is parked is left alone until an operator decides", [.transition, .end])
    case .d12:
      ("a stored word that this version does not know changes nothing", [.transition])
    case .d13: ("of a settled trip nothing stays behind that is half done or held", [.quiet])
    case .d15:
      ("a lease is its owner's until it has ended or was given back", [.transition])
    case .d14:
      ("an operator's decision is carried out once, and written down", [.transition, .end])
    case .a1: ("same key and body: same booking; other body: refused", [.end])
    case .a2: ("a client never sees a trip move backwards or vanish", [.end])
    case .a3:
      ("CONFIRMED is durable when told, FAILED is final, accepted ends", [.transition, .end])
    case .a4: ("told FAILED means no money kept and nothing booked", [.end])
    case .a5: ("a cancellation is honoured or refused, never both", [.end])
    case .a6: ("each failed activity is a warning in answers and mail", [.quiet, .end])
    case .a9:
      ("a request that no vendor could serve is refused with its place and does nothing", [.end])
    case .a10: ("a request that vendors can serve is never refused for its people", [.end])
    case .a11:
      ("every reservation is for exactly the party that was asked for", [.continuous])
    case .a12: ("no mail has a header or line that a user's line break made", [.end])
    case .a13:
      ("the last answer tells what the vendors' books say: money, references, penalties", [.end])
    case .a14:
      ("nobody is told of, or can change, a booking of another client", [.end])
    case .a15: ("no answer on the way tells of more than has happened", [.transition])
    case .a16: ("the words and reasons of the last answer are true", [.end])
    case .a18: ("answers say when to come again, where, and by which methods", [.end])
    case .a17:
      (
        "an answer is as new as its question, and comes with the trip's end or after a minute",
        [.transition, .end]
      )
    case .w1: ("each event is applied at most once", [.end])
    case .w2: ("repeated and reordered deliveries change nothing", [.end])
    case .w3: ("every delivered event is kept and finally applied", [.quiet])
    case .w4: ("forged and stale deliveries are refused", [.transition])
    case .w5:
      ("no event that Stripe signed is refused, whatever is in it, and all are kept", [.end])
    case .w6:
      ("an event that tells of other money than Stripe has is not believed", [.end])
    case .n1: ("one mail per booking and kind, of news per version; no two that disagree", [.quiet])
    case .n4:
      ("every final state has its mail, or a refused one, and every warning is in one", [.quiet])
    case .n6: ("a mail says what was so when it was written", [.transition])
    case .n7: ("what the mail service took is what was written, and sent to the customer", [.quiet])
    case .n8: ("mails are tried again, spaced, bounded and in time", [.transition, .quiet])
    case .n9: ("what comes for a trip is taken in soon", [.end])
    case .l1: ("every accepted trip ends or is parked within 24 h of quiet", [.quiet])
    case .l2: ("no outcome stays unknown for 6 h after its vendor fell silent", [.quiet])
    case .l3: ("an owed undo is done or parked within 12 h", [.quiet])
    case .l4: ("after a start every due trip is claimed within 60 s of its lease", [.transition])
    case .l6:
      ("what a dead or paused process drove is another's 60 s after its lease", [.transition])
    case .l7:
      ("calls are spaced and bounded, and honour Retry-After and refusals", [.transition])
    case .l8: ("no trip is confirmed after its deadline", [.transition])
    case .l10: ("the outbox drains", [.quiet])
    case .l12:
      (
        "a trip has its hour: nothing is begun after it, none fails for time before it",
        [.transition, .end]
      )
    case .l13:
      ("what is proved, or was refused ten times, is not asked for again", [.transition])
    case .l14:
      ("tries come within the promised delays, which grow to 15 minutes", [.transition])
    case .l15:
      (
        "no unfinished trip is silent for 21 min while the vendor it calls next answers",
        [.transition]
      )
    case .l16:
      ("no step is called more often in an hour than its back-off allows", [.transition])
    case .l17:
      ("a stop in good order leaves no call, step or lease in the air", [.transition])
    case .l18: ("a token that was refused is not used again", [.transition])
    case .l19: ("pauses between tries grow, and are drawn", [.transition, .end])
    case .x1: ("the same seed gives the same trace", [.end])
    case .x2: ("the outcome is one that the vendors' final truth allows", [.quiet])
    case .x3: ("every invariant was exercised", [.end])
    case .x8: ("no drive of a trip ends with an error", [.continuous])
    case .x7: ("the reason told for a failure is one that the vendors' books show", [.quiet])
    case .x6:
      ("an activity is given up only when its supplier refused it or had its time", [.quiet])
    case .p1: ("nothing is parked without a reason that the vendors' truth supports", [.quiet])
    case .p2: ("every lost flight order of a trip that is not confirmed is parked", [.quiet])
    case .h1:
      ("a hold is captured once, and never above what was authorised", [.continuous, .transition])
    case .h2:
      ("nothing of a hold is taken before flight and hotel stand", [.continuous, .transition])
    case .h3: ("what is taken of a hold is never more than what stands costs", [.continuous])
    case .h4: ("a finished trip leaves no hold open: it is taken or released", [.quiet])
    case .h5: ("what was never taken is released, not refunded", [.transition, .quiet])
    case .h6: ("a trip is confirmed only when what it costs was taken of its hold", [.quiet])
    case .s1:
      (
        "a link shows no address, number, payment or id of ours, and no price that it hides",
        [.transition]
      )
    case .s2:
      (
        "a link works until it ends; then, or unknown, it is answered 404, all alike",
        [.transition]
      )
    case .s3: ("itineraries and links show the references of all that is booked", [.end])
    case .s4: ("no token of a link rests in the database", [.end])
    case .c1: ("of a changed trip the old one stands or the new one does, never both", [.quiet])
    case .c2: ("while a trip is changed, its traveller always has a seat and a bed", [.continuous])
    case .c3: ("what is the same in the old trip and the new one is not touched", [.continuous])
    case .c4: ("a trip is changed by one at a time, and cancelled before or after", [.transition])
    case .c5:
      ("a changed trip has cost what stands and what vendors keep, all payments together", [.quiet])
    case .c6:
      (
        "a trip that stands can be changed, and changed again, unless something else is",
        [.transition]
      )
    case .k1:
      (
        "every end, change and parked item of a hooked client's booking has its event, and no more",
        [.transition, .end]
      )
    case .k2:
      ("an event is taken by its receiver, or given up after a day of tries, not before", [.end])
    case .k3:
      ("an event goes to its own client only, signed, and as it was written", [.transition])
    case .k4:
      ("an event says what was so when it was written, and nothing secret", [.transition])
    case .k5:
      (
        "events come in order; tries are spaced, honour Retry-After and end once it is taken",
        [.transition]
      )
    case .k6:
      (
        "an event goes out within a minute, tries within 20 more, whatever others' receivers do",
        [.transition]
      )
    }
  }
}
