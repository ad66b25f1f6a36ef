/// The families of distributions that a scenario can draw from, for people.
package enum DistributionCatalogue {
  /// Name, an example and what it is, in the order of the language.
  package static var all: [(name: String, example: String, about: String)] {
    YAMLValue.families.map { ($0.name, $0.example, $0.about) }
  }
}
