import Testing

@testable import Audit
@testable import Worlds

/// L18: a token that the airline refused is not used again.
struct TokenInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  /// A read of the airline's is sent; returns its record, to be ended.
  private func send(_ operation: String) -> CallRecord {
    rig.tick()
    var record = rig.record(
      "bk_1", "flight", "do", 1, 1, epoch: 1, service: "flight", operation: operation, key: "")
    record.sequence = Int(rig.now)
    let (call, _, _) = rig.call("bk_1", "flight", "do", key: "")
    rig.auditor.observe(.sent(call, record), at: rig.now)
    return record
  }

  private func end(_ record: CallRecord, _ status: Int, fault: String = "") {
    rig.tick()
    var record = record
    record.httpStatus = status
    record.fault = fault
    rig.auditor.observe(.ended(record, retryAfterSeconds: nil), at: rig.now)
  }

  @Test func l18FindsATokenThatIsUsedAgain() {
    end(send("token"), 200)
    end(send("price"), 401)
    end(send("price"), 200)
    #expect(rig.violated == ["L18"])
  }

  @Test func l18HasNothingAgainstANewToken() {
    end(send("token"), 200)
    end(send("price"), 401)
    end(send("token"), 200)
    end(send("price"), 200)
    #expect(rig.violated == [])
  }

  @Test func l18KnowsThatANewerTokenMayBeGood() {
    end(send("token"), 200)
    let old = send("price")
    end(send("price"), 401)
    end(send("token"), 200)
    end(old, 401)
    end(send("price"), 200)
    #expect(rig.violated == [])
    let older = send("price")
    end(send("price"), 401)
    let fetch = send("token")
    end(older, 401)
    end(fetch, 200)
    end(send("price"), 200)
    #expect(rig.violated == [])
  }

  @Test func l18KnowsThatAPageTellsNothingAndThatDeathForgets() {
    end(send("token"), 200)
    end(send("price"), 401, fault: "foreign-page")
    end(send("price"), 200)
    end(send("price"), 401)
    rig.die()
    end(send("price"), 200)
    #expect(rig.violated == [])
  }
}
