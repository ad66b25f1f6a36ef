/// What Stripe demands of amounts in one currency.
///
/// Source: Stripe documentation, Currencies (docs.stripe.com/currencies, as of 2026): "Zero-decimal
/// currencies", "Three-decimal currencies" (the last digit of an amount must be 0), "Special cases"
/// (ISK and UGX keep two decimals that must be 00; HUF and TWD are whole units in payouts only, which
/// this fake has none of), "Minimum charge amount by currency" (BGN is not listed any more), "Maximum
/// charge amounts". Of the maxima the page gives two sets: by card network (twelve digits, nine for
/// American Express) and for other payment methods. An amount is given before the method is, and the API
/// reference of `amount` speaks of eight digits: the fake takes the second, stricter set. Where a
/// minimum is published the fake asks for that one, as an account that settles in the currency does;
/// Stripe converts others to the settlement currency. Refunds have no minimum of their own but the step.
struct StripeCurrency: Sendable, Hashable {
  /// ISO 4217 code, lower case as Stripe writes it.
  let code: String
  /// How many digits of an amount stand after the decimal point.
  let decimals: Int
  /// The least amount that can be charged, in minor units.
  let minimum: Int64
  /// What every amount must be a multiple of.
  let step: Int64

  /// The greatest amount that can be charged: eight digits, in INR nine, in COP ten, in IDR twelve.
  let maximum: Int64

  /// Creates the currency that Stripe knows under a code, in any case; nil for any other.
  init?(_ code: String) {
    let code = code.lowercased()
    guard Self.supported.contains(code) else { return nil }
    self.code = code
    decimals = Self.zeroDecimal.contains(code) ? 0 : Self.threeDecimal.contains(code) ? 3 : 2
    step = Self.threeDecimal.contains(code) ? 10 : Self.wholeUnitsOnly.contains(code) ? 100 : 1
    minimum = Self.minimums[code] ?? step
    maximum = Self.maximums[code] ?? 99_999_999
  }

  /// Prints an amount as Stripe's messages do: `$40.00`, `¥500`, `5.120 kwd`.
  func format(_ amount: Int64) -> String {
    var digits = String(amount.magnitude)
    while digits.count <= decimals { digits = "0" + digits }
    let whole = digits.dropLast(decimals)
    var grouped = ""
    for (index, digit) in whole.enumerated() {
      if index > 0 && (whole.count - index).isMultiple(of: 3) { grouped.append(",") }
      grouped.append(digit)
    }
    if decimals > 0 { grouped += "." + digits.suffix(decimals) }
    let sign = amount < 0 ? "-" : ""
    guard let symbol = Self.symbols[code] else { return "\(sign)\(grouped) \(code)" }
    return sign + symbol + grouped
  }

  /// Prints an amount and names its currency once: `$0.50 usd`, `0.010 kwd`.
  func formatWithCode(_ amount: Int64) -> String {
    Self.symbols[code] == nil ? format(amount) : "\(format(amount)) \(code)"
  }

  private static let symbols = ["usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"]
  private static let zeroDecimal: Set<String> = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
  ]
  private static let threeDecimal: Set<String> = ["bhd", "jod", "kwd", "omr", "tnd"]
  private static let wholeUnitsOnly: Set<String> = ["isk", "ugx"]
  private static let minimums: [String: Int64] = [
    "usd": 50, "aed": 200, "ars": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "cop": 50,
    "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "idr": 50, "ils": 50,
    "inr": 50, "jpy": 50, "krw": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "php": 50,
    "pln": 200, "ron": 200, "rub": 50, "sek": 300, "sgd": 50, "thb": 1000, "zar": 50,
  ]
  private static let maximums: [String: Int64] = [
    "inr": 999_999_999, "cop": 9_999_999_999, "idr": 999_999_999_999,
  ]
  private static let supported = Set(list.split(separator: ", ").map(String.init))

  /// The presentment currencies, in the order in which Stripe's message names them.
  static let list =
    "usd, aed, afn, all, amd, ang, aoa, ars, aud, awg, azn, bam, bbd, bdt, bgn, bhd, bif, bmd, bnd, "
    + "bob, brl, bsd, bwp, byn, bzd, cad, cdf, chf, clp, cny, cop, crc, cve, czk, djf, dkk, dop, "
    + "dzd, egp, etb, eur, fjd, fkp, gbp, gel, gip, gmd, gnf, gtq, gyd, hkd, hnl, htg, huf, idr, "
    + "ils, inr, isk, jmd, jod, jpy, kes, kgs, khr, kmf, krw, kwd, kyd, kzt, lak, lbp, lkr, lrd, "
    + "lsl, mad, mdl, mga, mkd, mmk, mnt, mop, mur, mvr, mwk, mxn, myr, mzn, nad, ngn, nio, nok, "
    + "npr, nzd, omr, pab, pen, pgk, php, pkr, pln, pyg, qar, ron, rsd, rub, rwf, sar, sbd, scr, "
    + "sek, sgd, shp, sle, sos, srd, std, szl, thb, tjs, tnd, top, try, ttd, twd, tzs, uah, ugx, "
    + "uyu, uzs, vnd, vuv, wst, xaf, xcd, xof, xpf, yer, zar, zmw"
}
