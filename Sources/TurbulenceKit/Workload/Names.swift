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
}
