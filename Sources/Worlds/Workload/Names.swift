/// Names of travellers, some of which need more than ASCII, and of those who carry and guide them.
enum Names {
  static let airline = "Example Airways"
  static let provider = "Example Tours"
  static let given = [
    "Ada", "Björn", "Chloé", "Dmitri", "Elena", "Farid", "Grace", "Hiro", "Inés", "Jonas",
    "Katalin", "Łucja", "Mehmet", "Nadia", "Oskar", "Priya",
  ]
  static let family = [
    "Almeida", "Becker", "Castillo", "Dvořák", "Eriksen", "Fontaine", "García", "Hansen",
    "Ivanova", "Johnson", "Kowalski", "Lindqvist", "Müller", "Nakamura", "O'Brien", "Petrov",
  ]
  /// First and last names that travel documents hold, each hard in a way of its own.
  static let awkward = [
    ("Jürgen", "Müller"), ("Ju\u{308}rgen", "Mu\u{308}ller"), ("Sinéad", "O'Brien"),
    ("Conan", "O\u{2019}Neill"), ("Anne-Marie", "Saint-Exupéry"), ("Łucja", "Świątek-Szczęsna"),
    ("Maximiliane Friederike Charlotte", "von Schwarzenberg-Hohenlohe-Langenau"),
    ("Þórunn", "Ægisdóttir"), ("Thị", "Nguyễn Đặng"), ("José María", "Núñez de la Peña"),
    ("Ng", "Ng"), ("Zoë", "'t Hooft"), ("Şebnem", "Gökçe-Işık"), ("Åse", "Bjørnson Øye"),
    ("Björn Jr.", "St. John"), ("Weiß", "Strauß"),
  ]
}
