import CPangoCairo

/// Text set in one font and broken into lines of a width.
final class TextLine {
  let layout: OpaquePointer

  /// Sets text, from the left whatever its script, so that columns stay columns.
  init(_ text: String, _ font: String, in context: OpaquePointer, width: Double) {
    guard let layout = pango_layout_new(context) else {
      preconditionFailure("Pango gives no layout only when there is no memory")
    }
    self.layout = layout
    let description = pango_font_description_from_string(font)
    pango_layout_set_font_description(layout, description)
    pango_font_description_free(description)
    pango_layout_set_auto_dir(layout, 0)
    pango_layout_set_width(layout, Int32(width * Double(pango_scale)))
    pango_layout_set_wrap(layout, Int32(pango_wrap_word_char))
    pango_layout_set_text(layout, text, -1)
  }

  deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

  /// How high it is, in points.
  var height: Double {
    var logical = PangoRectangle()
    pango_layout_get_extents(layout, nil, &logical)
    return Double(logical.height) / Double(pango_scale)
  }
}
