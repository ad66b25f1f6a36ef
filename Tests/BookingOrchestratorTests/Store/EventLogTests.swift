import Crypto
import Foundation
import GRDB
import Testing

@testable import BookingOrchestrator

struct EventLogTests {
  private func bed() async throws -> APITestBed {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    return bed
  }

  private func append(_ bed: APITestBed, version: Int) throws {
    _ = try bed.queue.write { db in
      try EventLog.append(
        db, booking: BookingID("bk_1"), version: version, kind: "step", state: .processing,
        needsAttention: true, detail: "flight", at: Timestamp(microseconds: 7))
    }
  }

  @Test func everyHashCoversTheOneBefore() async throws {
    let bed = try await bed()
    try append(bed, version: 2)
    let hashes = try bed.rows("SELECT hash FROM event ORDER BY version").map { $0[0] as String }
    let start = APITestBed.start.microseconds
    let first = sha256("\n1\naccepted\nPENDING\n0\n\n\(start)")
    #expect(hashes == [first, sha256("\(first)\n2\nstep\nPROCESSING\n1\nflight\n7")])
  }

  @Test func aVersionCannotBeLeftOut() async throws {
    let bed = try await bed()
    #expect(throws: StoreError.self) { try append(bed, version: 3) }
  }

  @Test func aVersionCannotBeWrittenTwice() async throws {
    let bed = try await bed()
    #expect(throws: DatabaseError.self) { try append(bed, version: 1) }
  }

  private func sha256(_ text: String) -> String {
    SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
  }
}
