// Pango and Cairo as Swift can use them: text in any script, on the pages of a PDF.
//
// Cairo's own headers, and of Pango the few functions that are called, declared here: Pango's headers
// come with a compiler flag of GLib's (-pthread) that SwiftPM refuses and complains of in every build.
// Sources: Pango 1.50, "Pango" and "PangoCairo" API reference; GObject 2.74, g_object_unref. Both
// promise their ABI for the whole of version 1 and 2.
#pragma once
#include <cairo-pdf.h>

typedef struct _PangoFontMap PangoFontMap;
typedef struct _PangoContext PangoContext;
typedef struct _PangoLayout PangoLayout;
typedef struct _PangoLanguage PangoLanguage;
typedef struct _PangoFontDescription PangoFontDescription;

// In units of 1/1024 point.
typedef struct {
  int x, y, width, height;
} PangoRectangle;
enum { pango_scale = 1024 };

// Lines break between words, and within one that is longer than a line.
enum { pango_wrap_word_char = 2 };

PangoFontMap *pango_cairo_font_map_new(void);
PangoContext *pango_font_map_create_context(PangoFontMap *map);
void pango_cairo_context_set_resolution(PangoContext *context, double dpi);
void pango_cairo_context_set_font_options(
    PangoContext *context, const cairo_font_options_t *options);
PangoLanguage *pango_language_from_string(const char *language);
void pango_context_set_language(PangoContext *context, PangoLanguage *language);

PangoFontDescription *pango_font_description_from_string(const char *text);
void pango_font_description_free(PangoFontDescription *description);

PangoLayout *pango_layout_new(PangoContext *context);
void pango_layout_set_font_description(
    PangoLayout *layout, const PangoFontDescription *description);
void pango_layout_set_auto_dir(PangoLayout *layout, int is_automatic);
void pango_layout_set_width(PangoLayout *layout, int width);
void pango_layout_set_wrap(PangoLayout *layout, int mode);
void pango_layout_set_text(PangoLayout *layout, const char *text, int length);
void pango_layout_get_extents(
    PangoLayout *layout, PangoRectangle *ink, PangoRectangle *logical);
void pango_cairo_show_layout(cairo_t *cairo, PangoLayout *layout);

void g_object_unref(void *object);
