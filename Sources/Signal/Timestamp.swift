/// A moment of wall-clock time in whole milliseconds, as every JSON of Stoa has it.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970, UTC.
  package var milliseconds: Int64
  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Seconds since 1970 as JSON has them in tokens; what no calendar reaches is cut to year 9999.
  package init(seconds: Double) {
    let value = (seconds * 1_000).rounded()
    let limit = Double(Self.maximum)
    milliseconds = value.isNaN ? 0 : Int64(max(-limit, min(limit, value)))
  }

  package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

  /// The end of the year 9999.
  private static let maximum: Int64 = 253_402_300_799_999

  /// ISO 8601 in UTC with milliseconds: `2024-03-27T09:30:00.000Z`.
  ///
  /// Written by hand because Foundation's formatter cuts where it should round, and takes a
  /// thousand times as long.
  package var text: String {
    let time = min(max(milliseconds, 0), Self.maximum)
    let (days, rest) = time.quotientAndRemainder(dividingBy: 86_400_000)
    let date = Self.date(ofDay: days)
    func padded(_ number: Int64, _ digits: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
      + "T\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2))"
      + ":\(padded(rest / 1_000 % 60, 2)).\(padded(rest % 1_000, 3))Z"
  }

  /// Reads what `text` writes, milliseconds left out or not; `nil` for anything else.
  package init?(text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 || bytes.count == 24, bytes.last == UInt8(ascii: "Z") else {
      return nil
    }
    for (index, mark) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] {
      guard bytes[index] == mark.utf8.first else { return nil }
    }
    func number(_ range: Range<Int>) -> Int64? {
      bytes[range].reduce(Int64?.some(0)) { value, byte in
        guard let value, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        return value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60,
      bytes.count == 20 || bytes[19] == UInt8(ascii: "."),
      let fraction = bytes.count == 20 ? 0 : number(20..<23)
    else { return nil }
    let days = Self.day(ofYear: year, month: month, day: day)
    let read = Self.date(ofDay: days)
    guard read.month == month, read.day == day else { return nil }  // the 31st of a shorter month
    milliseconds = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + fraction
  }

  // Days since 1970 in the Gregorian calendar, counted in eras of 400 years that start in March:
  // the leap day comes last in its year then.

  private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468  // days from 0000-03-01
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }

  private static func day(ofYear year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension Timestamp: Codable {
  /// Reads ISO 8601 text, as REST has it.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let time = Timestamp(text: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date")
    }
    self = time
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
