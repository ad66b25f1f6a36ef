/// Names of travellers; some need more than ASCII.
enum Names {
  static let given = [
    "Ada", "Björn", "Chloé", "Dmitri", "Elena", "Farid", "Grace", "Hiro", "Inés", "Jonas",
    "Katalin", "Łucja", "Mehmet", "Nadia", "Oskar", "Priya",
  ]
  static let family = [
    "Almeida", "Becker", "Castillo", "Dvořák", "Eriksen", "Fontaine", "García", "Hansen",
    "Ivanova", "Johnson", "Kowalski", "Lindqvist", "Müller", "Nakamura", "O'Brien", "Petrov",
  ]
}
