import BookingOrchestrator
import CPangoCairo

/// Pages of A4 on which blocks of text are set; lengths are points of 1/72 inch.
final class PDFSheet {
  typealias Block = ItineraryText.Block

  /// A block with its height, ready to be drawn.
  struct Placed {
    var block: Block
    var label: TextLine?
    var text: TextLine
    var y: Double
    var height: Double
  }

  private let surface: OpaquePointer
  private let cairo: OpaquePointer
  private let fonts: OpaquePointer
  private let context: OpaquePointer
  private let sink = Sink()

  private static let width = 595.28
  private static let height = 841.89
  private static let margin = 48.0
  /// Where values begin that have a label.
  private static let column = 110.0
  private static let bottom = height - 58

  /// Where Cairo writes to.
  private final class Sink { var bytes: [UInt8] = [] }

  /// Begins a file.
  /// - Parameter at: when what it says came to be: the file's date, whenever it is drawn.
  init(title: String, subject: String, at: Timestamp) throws(RenderingFailed) {
    let surface = cairo_pdf_surface_create_for_stream(
      { closure, data, length in
        guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue().bytes
          .append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(sink).toOpaque(), Self.width, Self.height)
    guard let surface, let cairo = cairo_create(surface), let fonts = pango_cairo_font_map_new(),
      let context = pango_font_map_create_context(fonts)
    else { throw RenderingFailed("Cairo or Pango could not be started") }
    self.surface = surface
    self.cairo = cairo
    self.fonts = fonts
    self.context = context
    pango_cairo_context_set_resolution(context, 72)
    pango_context_set_language(context, pango_language_from_string("en"))
    let options = cairo_font_options_create()
    // As the outlines are: what a screen's pixels would want has no place in a file.
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    let date = at.isoSeconds
    for (key, text) in [
      (CAIRO_PDF_METADATA_TITLE, title), (CAIRO_PDF_METADATA_SUBJECT, subject),
      (CAIRO_PDF_METADATA_CREATOR, "Booking Orchestrator"),
      (CAIRO_PDF_METADATA_CREATE_DATE, date), (CAIRO_PDF_METADATA_MOD_DATE, date),
    ] {
      cairo_pdf_surface_set_metadata(surface, key, text)
    }
    // Cairo 1.16 calls a file tagged only if one element holds all others (as structure types are to be
    // nested by ISO 32000-1, 14.8.4.2); without it readers pass over those that there are.
    cairo_tag_begin(cairo, Self.document, nil)
  }

  private static let document = "Document"

  deinit {
    g_object_unref(UnsafeMutableRawPointer(context))
    g_object_unref(UnsafeMutableRawPointer(fonts))
    cairo_destroy(cairo)
    cairo_surface_destroy(surface)
  }

  /// Ends the file and returns it.
  func finish() throws(RenderingFailed) -> [UInt8] {
    cairo_tag_end(cairo, Self.document)
    cairo_surface_finish(surface)
    for status in [cairo_status(cairo), cairo_surface_status(surface)]
    where status != CAIRO_STATUS_SUCCESS {
      throw RenderingFailed(String(cString: cairo_status_to_string(status)))
    }
    return sink.bytes
  }
}

// MARK: Setting

extension PDFSheet {
  /// Sets sections on pages: each goes on where the last one ended, or on a new page if it fits on
  /// that and not here.
  func paginate(_ sections: [ItineraryText.Section]) -> [[Placed]] {
    var pages: [[Placed]] = [[]]
    var y = Self.margin
    for section in sections {
      var placed = section.map(set)
      let whole = placed.reduce(0) { $0 + $1.height }
      let fitsOnAPage = Self.margin + whole <= Self.bottom
      if y + whole > Self.bottom, fitsOnAPage, !(pages.last?.isEmpty ?? true) {
        pages.append([])
        y = Self.margin
      }
      for index in placed.indices {
        // A heading does not stand alone at the foot of a page.
        let next = index + 1 < placed.count ? placed[index + 1].height : 0
        let needed = placed[index].height + (placed[index].block.style == .heading ? next : 0)
        if y + needed > Self.bottom, !(pages.last?.isEmpty ?? true) {
          pages.append([])
          y = Self.margin
        }
        placed[index].y = y
        y += placed[index].height
        pages[pages.count - 1].append(placed[index])
      }
      y += 5
    }
    return pages
  }

  private func set(_ block: Block) -> Placed {
    let indent = block.label == nil ? 0 : Self.column
    let text = TextLine(
      block.text, block.style.font, in: context, width: Self.width - 2 * Self.margin - indent)
    let label = block.label.map {
      TextLine($0, block.style.font, in: context, width: Self.column - 8)
    }
    let height = max(text.height, label?.height ?? 0) + block.style.gap
    return Placed(block: block, label: label, text: text, y: 0, height: height)
  }
}

// MARK: Drawing

extension PDFSheet {
  /// Draws what was set on one page.
  func draw(_ page: [Placed], number: Int) {
    for placed in page {
      let style = placed.block.style
      if style == .heading { rule(at: placed.y + 2) }
      let top = placed.y + style.above
      if placed.block.isBookmark {
        cairo_pdf_surface_add_outline(
          surface, 0, placed.block.text, "page=\(number) pos=[\(Self.margin) \(top)]",
          CAIRO_PDF_OUTLINE_FLAG_OPEN)
      }
      // Marks the text's part in the whole, for those who have it read aloud.
      cairo_tag_begin(cairo, style.tag, nil)
      if let label = placed.label { draw(label, at: Self.margin, top, color: (0.38, 0.40, 0.44)) }
      let indent = placed.label == nil ? 0 : Self.column
      draw(placed.text, at: Self.margin + indent, top, color: style.color)
      cairo_tag_end(cairo, style.tag)
    }
  }

  /// Draws the line at the foot.
  func drawFoot(_ text: String) {
    let line = TextLine(text, ItineraryText.Block.Style.soft.font, in: context, width: 400)
    draw(line, at: Self.margin, Self.height - 44, color: ItineraryText.Block.Style.soft.color)
  }

  func endPage() { cairo_show_page(cairo) }

  private func draw(
    _ line: TextLine, at x: Double, _ y: Double, color: (Double, Double, Double)
  ) {
    cairo_set_source_rgb(cairo, color.0, color.1, color.2)
    cairo_move_to(cairo, x, y)
    pango_cairo_show_layout(cairo, line.layout)
  }

  private func rule(at y: Double) {
    cairo_set_source_rgb(cairo, 0.80, 0.82, 0.85)
    cairo_set_line_width(cairo, 0.5)
    cairo_move_to(cairo, Self.margin, y)
    cairo_line_to(cairo, Self.width - Self.margin, y)
    cairo_stroke(cairo)
  }
}

extension ItineraryText.Block.Style {
  /// As Pango reads fonts; scripts that the first family lacks come from whatever has them.
  fileprivate var font: String {
    switch self {
    case .title: "Noto Sans, sans-serif Bold 20"
    case .heading: "Noto Sans, sans-serif Bold 11"
    case .body: "Noto Sans, sans-serif 9.5"
    case .soft: "Noto Sans, sans-serif 8.5"
    case .warning: "Noto Sans, sans-serif Bold 9.5"
    }
  }

  fileprivate var color: (Double, Double, Double) {
    switch self {
    case .title, .heading, .body: (0.10, 0.11, 0.13)
    case .soft: (0.38, 0.40, 0.44)
    case .warning: (0.61, 0.22, 0.02)
    }
  }

  /// What stands free above the text, and in all around it.
  fileprivate var above: Double { self == .heading ? 7 : 0 }
  fileprivate var gap: Double {
    switch self {
    case .title: 4
    case .heading: 10
    case .body, .soft, .warning: 3
    }
  }

  /// Its structure type (ISO 32000-1, 14.8.4).
  fileprivate var tag: String {
    switch self {
    case .title: "H1"
    case .heading: "H2"
    case .body, .soft, .warning: "P"
    }
  }
}
