import Foundation
import Testing

@testable import BookingOrchestrator
@testable import ItineraryPDF

/// The file is looked at with Poppler's tools, whose authors read PDF as everybody's readers do.
struct ItineraryPDFTests {
  /// What a reader finds in a file, page after page.
  private func text(_ pdf: [UInt8]) throws -> String {
    try Poppler.run("pdftotext", ["-layout", "-", "-"], input: pdf)
  }

  private func info(_ pdf: [UInt8]) throws -> String {
    try Poppler.run("pdfinfo", ["-"], input: pdf)
  }

  @Test(arguments: Trips.all)
  func everythingThatPeopleShowAtACounterCanBeFound(_ trip: Trips.Named) throws {
    let itinerary = trip.itinerary
    let words = try text(ItineraryPDF.draw(itinerary))
    #expect(words.contains(itinerary.reference))
    for part in itinerary.parts {
      #expect(words.contains(part.title))
      for reference in part.references { #expect(words.contains(reference.value)) }
      for leg in part.legs {
        for stage in [leg.begin, leg.end].compactMap(\.self) {
          if let moment = stage.moment { #expect(words.contains(moment.dayText)) }
          if !stage.place.isEmpty { #expect(words.contains(stage.place)) }
        }
      }
    }
  }

  @Test func namesInFourScriptsAreText() throws {
    let words = try text(ItineraryPDF.draw(Trips.crowd))
    for name in ["Łucja Świątek", "Дмитрий Кузнецов", "李小龙", "王芳"] {
      #expect(words.contains(name))
    }
    // Readers give Arabic out in the order of the eye or of the tongue; its letters are there.
    for letter in "محمد" {
      #expect(words.contains { $0.unicodeScalars.first == letter.unicodeScalars.first })
    }
  }

  @Test func aPlainTripFitsOnOnePage() throws {
    #expect(try info(ItineraryPDF.draw(Trips.plain)).contains(/Pages:\s+1\n/))
  }

  @Test func aLongTripGoesOnOverPagesThatSayWhichTheyAre() throws {
    let words = try text(ItineraryPDF.draw(Trips.crowd))
    let pages = words.split(separator: "\u{0C}").count
    #expect(pages > 1)
    for page in 1...pages { #expect(words.contains("page \(page) of \(pages)")) }
  }

  @Test func theFileSaysWhatItIsAndWhen() throws {
    let pdf = try ItineraryPDF.draw(Trips.plain)
    let told = try Poppler.run("pdfinfo", ["-isodates", "-"], input: pdf)
    #expect(told.contains(/Title:\s+Itinerary 7K2QPX9D\n/))
    #expect(told.contains(/CreationDate:\s+2026-11-23T12:28:46/))
  }

  /// For those who have it read aloud: titles are titles, in the order of the page.
  @Test func theTextHasAStructure() throws {
    let parts = try Poppler.run("pdfinfo", ["-struct", "-"], input: ItineraryPDF.draw(Trips.plain))
    #expect(
      parts.hasPrefix("Document\n  H1 (block)\n  P (block)\n  P (block)\n  H2 (block)\n"))
    #expect(parts.split(separator: "H2 (block)").count == 7)
  }

  @Test(arguments: Trips.all)
  func readersAreToldOfTheStructure(_ trip: Trips.Named) throws {
    #expect(try info(ItineraryPDF.draw(trip.itinerary)).contains(/Tagged:\s+yes\n/))
  }

  @Test func partsAreBookmarks() throws {
    let pdf = try ItineraryPDF.draw(Trips.plain)
    let folder = FileManager.default.temporaryDirectory.appending(path: "pdf-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(pdf).write(to: folder.appending(path: "trip.pdf"))
    _ = try Poppler.run(
      "pdftohtml", ["-xml", "-q", folder.appending(path: "trip.pdf").path()], input: [])
    let xml = try String(contentsOf: folder.appending(path: "trip.xml"), encoding: .utf8)
    let outline = try #require(xml.firstRange(of: "<outline>"))
    for title in ["Flight: Iberia", "Hotel: Hotel Barcelona", "When something is wrong"] {
      #expect(xml[outline.lowerBound...].contains(title))
    }
  }

  @Test func hiddenPricesAreNowhere() throws {
    var hidden = Trips.plain
    hidden.prices = nil
    for index in hidden.parts.indices { hidden.parts[index].price = nil }
    #expect(try text(ItineraryPDF.draw(Trips.plain)).contains("EUR"))
    #expect(try !text(ItineraryPDF.draw(hidden)).contains("EUR"))
  }

  @Test(arguments: Trips.all)
  func theSameTripIsTheSameBytes(_ trip: Trips.Named) throws {
    let first = try ItineraryPDF.draw(trip.itinerary)
    #expect(try ItineraryPDF.draw(trip.itinerary) == first)
    var later = trip.itinerary
    later.version += 1
    #expect(try ItineraryPDF.draw(later) != first)
  }

  /// For people who want to see it: writes the files into the folder that `ITINERARY_SAMPLES` names.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["ITINERARY_SAMPLES"] != nil),
    arguments: Trips.all)
  func samplesAreWritten(_ trip: Trips.Named) throws {
    let folder = try #require(ProcessInfo.processInfo.environment["ITINERARY_SAMPLES"])
    let file = URL(filePath: folder).appending(path: "\(trip.testDescription).pdf")
    try Data(try ItineraryPDF.draw(trip.itinerary)).write(to: file)
  }
}
