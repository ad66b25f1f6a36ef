/// The look that the server's own pages share: those of operators and of the API's documentation. A shared
/// itinerary has its own.
enum PageStyle {
  /// Rules for a page of text and tables, in whichever colours its reader prefers; a page adds its own.
  static let sheet = """
    :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
    h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.4rem; }
    a { color: inherit; } .soft { opacity: .7; } .scroll { overflow-x: auto; }
    code, pre { font-size: .9em; overflow-wrap: anywhere; }
    table { border-collapse: collapse; width: 100%; }
    th { text-align: left; font-weight: 600; }
    th, td { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    """
}
