/// One planted bug: another text at one or several sites.
public struct Mutant: Sendable, Codable, Hashable {
  /// Who made it.
  public enum Origin: String, Sendable, Codable {
    /// By hand, a patch in `planted/`.
    case planted
    /// By an operator of this tool.
    case generated
  }

  /// The other text of one site.
  public struct Change: Sendable, Codable, Hashable {
    /// The file, relative to the repository.
    public var file: String
    public var site: String
    public var text: String
  }

  /// What it is called by for ever: the patch's name, or file, function, operator and a count.
  public var id: String
  public var origin: Origin
  /// Its value of `TURBULENCE_MUTANT` in the build at hand; 0 when it does not compile.
  public var number = 0
  /// What is wrong.
  public var title: String
  /// Of planted ones: the section of the catalogue of what goes wrong. Of generated ones: the operator.
  public var section: String
  /// Of planted ones 1 (money, reservations), 2 (what is told and recorded) or 3 (liveness, effort).
  public var tier: Int?
  public var file: String
  public var line: Int
  public var function: String
  public var before: String
  public var after: String
  public var changes: [Change]
}
