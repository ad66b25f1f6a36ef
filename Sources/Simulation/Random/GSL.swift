import CGSL

/// The GNU Scientific Library, made safe to call.
public enum GSL {
  /// The library's version, for diagnostics: "2.7.1".
  public static var version: String { String(cString: sim_gsl_version()) }

  /// Has GSL answer NaN to impossible arguments instead of ending the process; acts once.
  static func prepare() { _ = prepared }

  private static let prepared: Void = sim_gsl_prepare()
}
