import Testing

@testable import BookingOrchestrator
@testable import BookingServer

struct OperatorPageTests {
  private static func line(_ id: String, changes: String? = nil) -> OperatorStore.Line {
    OperatorStore.Line(
      id: id, state: "CONFIRMED", needsAttention: false, currency: "EUR", totalMinor: 100,
      createdUs: 0, updatedUs: 0, changes: changes)
  }

  private static func story(
    _ line: OperatorStore.Line, _ modifications: [OperatorStore.Change] = []
  ) -> OperatorStore.BookingHistory {
    OperatorStore.BookingHistory(
      booking: line, option: "opt", chargedMinor: 0, refundedMinor: 0, warnings: [], parts: [],
      items: [], events: [], modifications: modifications)
  }

  @Test func aModificationLeadsToWhatItChanges() {
    let link = #"<a href="/operator/bookings/bk_1"><code>bk_1</code></a>"#
    let line = Self.line("md_1", changes: "bk_1")
    let overview = OperatorPage.overview(.init(states: [], items: [], untold: [], bookings: [line]))
    #expect(overview.contains("changes \(link)"))
    #expect(OperatorPage.booking(Self.story(line)).contains("<dt>Changes</dt><dd>\(link)"))
  }

  @Test func aBookingLeadsToWhatChangedIt() {
    let page = OperatorPage.booking(
      Self.story(
        Self.line("bk_1"),
        [.init(id: "md_1", decision: "DONE", option: "opt_2", createdUs: 0)]))
    #expect(page.contains(#"<a href="/operator/bookings/md_1"><code>md_1</code></a>"#))
    #expect(page.contains("DONE") && page.contains("opt_2"))
    #expect(!page.contains("<dt>Changes</dt>"))
  }

  @Test func aBookingThatNobodyChangesSaysNothingOfChanges() {
    let page = OperatorPage.booking(Self.story(Self.line("bk_1")))
    #expect(!page.contains("<h2>Changes</h2>"))
  }
}
