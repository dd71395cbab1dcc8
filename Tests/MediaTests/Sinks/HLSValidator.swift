import Foundation
import Glibc

/// Checks playlists against the rules of RFC 8216bis that can be broken by mistake.
struct HLSValidator {
  struct Entry: Equatable {
    var sequence: Int
    var uri: String
    var duration: Double
    var isDiscontinuity: Bool
    var map: String
    var date: Double
    var parts: [(uri: String, duration: Double, isIndependent: Bool)] = []

    static func == (a: Self, b: Self) -> Bool {
      a.sequence == b.sequence && a.uri == b.uri && a.duration == b.duration
        && a.isDiscontinuity == b.isDiscontinuity && a.map == b.map && a.date == b.date
    }
  }

  /// What one state of a playlist says.
  struct Parsed {
    var tags: [String: String] = [:]
    var entries: [Entry] = []
    /// Parts after the last segment.
    var openParts: [(uri: String, duration: Double, isIndependent: Bool)] = []
    var openIsDiscontinuity = false
    var hint: String?
    var reports: [String] = []
    var hasEnded = false
    var sequence: Int { Int(tags["EXT-X-MEDIA-SEQUENCE"] ?? "0") ?? 0 }
    var discontinuitySequence: Int { Int(tags["EXT-X-DISCONTINUITY-SEQUENCE"] ?? "0") ?? 0 }
    var targetDuration: Double { Double(tags["EXT-X-TARGETDURATION"] ?? "") ?? 0 }
  }

  private var previous: [String: Parsed] = [:]
  private(set) var problems: [String] = []
  private(set) var statesChecked = 0

  static func attributes(_ text: String) -> [String: String] {
    var result: [String: String] = [:]
    for match in text.matches(of: /([A-Z0-9-]+)=("[^"]*"|[^,]*)/) {
      result[String(match.output.1)] = match.output.2.replacingOccurrences(of: "\"", with: "")
    }
    return result
  }

  /// Seconds since 1970 of a date as `2024-02-29T12:34:56.007Z`.
  static func seconds(_ text: String) -> Double? {
    let fields = text.split { "-T:Z".contains($0) }.compactMap { Double($0) }
    guard fields.count == 6, text.hasSuffix("Z") else { return nil }
    var time = tm()
    time.tm_year = Int32(fields[0]) - 1900
    time.tm_mon = Int32(fields[1]) - 1
    time.tm_mday = Int32(fields[2])
    time.tm_hour = Int32(fields[3])
    time.tm_min = Int32(fields[4])
    return Double(timegm(&time)) + fields[5]
  }

  static func parse(_ text: String) -> Parsed? {
    var parsed = Parsed()
    var lines = text.components(separatedBy: "\n")
    guard lines.first == "#EXTM3U", lines.last == "" else { return nil }
    lines.removeFirst()
    var map = ""
    var date = 0.0
    var isDiscontinuity = false
    var duration: Double?
    for line in lines where !line.isEmpty {
      guard line.hasPrefix("#") else {
        guard let length = duration else { return nil }
        parsed.entries.append(
          Entry(
            sequence: parsed.sequence + parsed.entries.count, uri: line, duration: length,
            isDiscontinuity: isDiscontinuity, map: map, date: date, parts: parsed.openParts))
        parsed.openParts = []
        isDiscontinuity = false
        duration = nil
        continue
      }
      let parts = line.dropFirst().split(separator: ":", maxSplits: 1)
      let name = String(parts[0])
      let value = parts.count > 1 ? String(parts[1]) : ""
      switch name {
      case "EXTINF": duration = Double(value.split(separator: ",")[0])
      case "EXT-X-MAP": map = attributes(value)["URI"] ?? ""
      case "EXT-X-PROGRAM-DATE-TIME":
        date = seconds(value) ?? -1
      case "EXT-X-DISCONTINUITY": isDiscontinuity = true
      case "EXT-X-PART":
        let values = attributes(value)
        parsed.openParts.append(
          (
            values["URI"] ?? "", Double(values["DURATION"] ?? "") ?? 0,
            values["INDEPENDENT"] == "YES"
          ))
      case "EXT-X-PRELOAD-HINT": parsed.hint = attributes(value)["URI"]
      case "EXT-X-RENDITION-REPORT": parsed.reports.append(value)
      case "EXT-X-ENDLIST": parsed.hasEnded = true
      default: parsed.tags[name] = value
      }
    }
    parsed.openIsDiscontinuity = isDiscontinuity
    return parsed
  }

  /// Checks one state of a media playlist, and that it follows from the one before.
  mutating func check(_ path: String) {
    statesChecked += 1
    let folder = (path as NSString).deletingLastPathComponent
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      problems.append("\(path) is not there")
      return
    }
    guard let now = Self.parse(text) else {
      problems.append("\(path) is no playlist:\n\(text)")
      return
    }
    func problem(_ words: String) { problems.append("\(path): \(words)\n\(text)") }
    if (Int(now.tags["EXT-X-VERSION"] ?? "") ?? 0) < 6 { problem("VERSION below 6 with a map") }
    if now.targetDuration <= 0 { problem("no TARGETDURATION") }
    if now.tags["EXT-X-INDEPENDENT-SEGMENTS"] == nil { problem("not independent") }
    for entry in now.entries {
      if entry.duration.rounded() > now.targetDuration { problem("\(entry.uri) is too long") }
      if entry.duration <= 0 { problem("\(entry.uri) has no duration") }
      if entry.map.isEmpty || entry.date <= 0 { problem("\(entry.uri) lacks map or date") }
      for name in [entry.uri, entry.map] + entry.parts.map(\.uri)
      where !FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
        problem("\(name) is listed but missing")
      }
    }
    for part in now.openParts
    where !FileManager.default.fileExists(atPath: "\(folder)/\(part.uri)") {
      problem("\(part.uri) is listed but missing")
    }
    for (a, b) in zip(now.entries, now.entries.dropFirst()) where !b.isDiscontinuity {
      if abs(a.date + a.duration - b.date) > 0.1 { problem("dates jump at \(b.uri)") }
      if a.map != b.map { problem("another map at \(b.uri) without discontinuity") }
    }
    let control = Self.attributes(now.tags["EXT-X-SERVER-CONTROL"] ?? "")
    if let information = now.tags["EXT-X-PART-INF"] {
      let target = Double(Self.attributes(information)["PART-TARGET"] ?? "") ?? 0
      if (Double(control["PART-HOLD-BACK"] ?? "") ?? 0) < 2 * target { problem("PART-HOLD-BACK") }
      if control["CAN-BLOCK-RELOAD"] != "YES" { problem("no blocking reload") }
      if !now.hasEnded, now.hint == nil { problem("no hint") }
      for (index, entry) in now.entries.enumerated() where !entry.parts.isEmpty {
        if abs(entry.parts.reduce(0) { $0 + $1.duration } - entry.duration) > 0.002 {
          problem("parts of \(entry.uri) do not add up")
        }
        if entry.parts.first?.isIndependent != true { problem("\(entry.uri) begins inside") }
        for part in entry.parts where part.duration > target + 1e-6 { problem("\(part.uri) long") }
        for part in entry.parts.dropLast() where part.duration < 0.85 * target {
          problem("\(part.uri) is too short")
        }
        if index < now.entries.count - 4 { problem("parts listed for too long") }
      }
      for part in now.openParts where part.duration < 0.85 * target || part.duration > target + 1e-6
      { problem("\(part.uri) has a wrong length") }
    } else if !now.openParts.isEmpty {
      problem("parts without PART-INF")
    }
    if let holdBack = control["HOLD-BACK"], (Double(holdBack) ?? 0) < 3 * now.targetDuration {
      problem("HOLD-BACK")
    }
    let listed = now.entries.reduce(0) { $0 + $1.duration }
    if now.sequence > 0, listed < 3 * now.targetDuration - 0.5 {
      problem("the window is too short")
    }
    if now.hasEnded, now.hint != nil || !now.openParts.isEmpty { problem("goes on after its end") }
    if let before = previous[path] { follow(before, now, problem) }
    previous[path] = now
  }

  private func follow(_ before: Parsed, _ now: Parsed, _ problem: (String) -> Void) {
    if now.targetDuration != before.targetDuration { problem("TARGETDURATION changed") }
    if now.sequence < before.sequence { problem("MEDIA-SEQUENCE went back") }
    if now.tags["EXT-X-PLAYLIST-TYPE"] != nil, now.sequence != 0 { problem("EVENT lost segments") }
    if before.hasEnded, !now.hasEnded { problem("went on after its end") }
    let known = Dictionary(uniqueKeysWithValues: now.entries.map { ($0.sequence, $0) })
    for entry in before.entries where entry.sequence >= now.sequence {
      if known[entry.sequence] != entry { problem("\(entry.uri) changed or vanished") }
    }
    let removed = before.entries.filter { $0.sequence < now.sequence && $0.isDiscontinuity }.count
    if now.discontinuitySequence != before.discontinuitySequence + removed {
      problem("DISCONTINUITY-SEQUENCE")
    }
    // Parts that were listed stay what they were.
    let next = known[(before.entries.last?.sequence ?? before.sequence - 1) + 1]
    let parts = next?.parts ?? now.openParts
    if !before.openParts.isEmpty, next == nil || !(next?.parts.isEmpty ?? true),
      !before.openParts.elementsEqual(parts.prefix(before.openParts.count), by: { $0 == $1 })
    {
      problem("listed parts changed")
    }
  }
}
