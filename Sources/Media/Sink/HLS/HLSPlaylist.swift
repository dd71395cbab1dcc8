/// A media playlist as a value (RFC 8216bis §4.4); `text` is what is served.
package struct HLSPlaylist: Sendable, Equatable {
  /// A piece of a segment that is published before the segment is whole (§4.4.4.9).
  package struct Part: Sendable, Equatable, Codable {
    package var uri: String
    package var nanoseconds: Int64
    /// True if it begins with a keyframe.
    package var isIndependent: Bool

    package init(uri: String, nanoseconds: Int64, isIndependent: Bool) {
      self.uri = uri
      self.nanoseconds = nanoseconds
      self.isIndependent = isIndependent
    }
  }

  package struct Segment: Sendable, Equatable, Codable {
    /// Media sequence number.
    package var sequence: Int
    package var uri: String
    package var nanoseconds: Int64
    /// Unix time of its first picture, milliseconds.
    package var startedAtMilliseconds: Int64
    /// True if timestamps begin anew with it.
    package var isDiscontinuity: Bool
    /// Its initialization segment.
    package var map: String
    /// Empty once the parts are no longer listed.
    package var parts: [Part]

    package init(
      sequence: Int, uri: String, nanoseconds: Int64, startedAtMilliseconds: Int64,
      isDiscontinuity: Bool, map: String, parts: [Part] = []
    ) {
      self.sequence = sequence
      self.uri = uri
      self.nanoseconds = nanoseconds
      self.startedAtMilliseconds = startedAtMilliseconds
      self.isDiscontinuity = isDiscontinuity
      self.map = map
      self.parts = parts
    }
  }

  /// Where another rendition is, for a player that changes to it (§4.4.5.4).
  package struct RenditionReport: Sendable, Equatable {
    package var uri: String
    package var lastSequence: Int
    /// Of the last part of that segment; nil if there is none.
    package var lastPart: Int?

    package init(uri: String, lastSequence: Int, lastPart: Int?) {
      self.uri = uri
      self.lastSequence = lastSequence
      self.lastPart = lastPart
    }
  }

  package enum Kind: Sendable, Equatable {
    /// Everything since the beginning; only ever grows.
    case event
    /// The last segments.
    case window
  }

  package var kind: Kind
  /// Seconds; no segment is longer once rounded.
  package var targetDuration: Int
  /// The longest part; nil if parts are not listed.
  package var partTargetNanoseconds: Int64?
  /// How many discontinuities there were before the first listed segment.
  package var discontinuitySequence = 0
  package var segments: [Segment] = []
  /// The segment that is being made, with the parts it has so far.
  package var openSegment: Segment?
  /// The part that comes next.
  package var preloadHint: String?
  package var renditionReports: [RenditionReport] = []
  package var hasEnded = false

  package init(kind: Kind, targetDuration: Int, partTargetNanoseconds: Int64? = nil) {
    self.kind = kind
    self.targetDuration = targetDuration
    self.partTargetNanoseconds = partTargetNanoseconds
  }

  /// The playlist as players read it.
  package var text: String {
    var body = ""
    var map: String?
    for segment in segments {
      body += Self.lines(of: segment, after: map)
      map = segment.map
    }
    return head + body + tail(after: map)
  }

  /// What comes before the segments.
  package var head: String {
    var lines = ["#EXTM3U", "#EXT-X-VERSION:9", "#EXT-X-TARGETDURATION:\(targetDuration)"]
    // Without them a player starts three target durations before the end anyway; said for those who only look.
    let holdBack = Self.seconds(Int64(3 * targetDuration) * 1_000_000_000)
    if let partTargetNanoseconds {
      // Three parts: two are what a player must have, one is for the network.
      lines.append(
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK="
          + "\(Self.seconds(3 * partTargetNanoseconds)),HOLD-BACK=\(holdBack)")
      lines.append("#EXT-X-PART-INF:PART-TARGET=\(Self.seconds(partTargetNanoseconds))")
    } else if !hasEnded {
      lines.append("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=\(holdBack)")
    }
    switch kind {
    case .event: lines.append("#EXT-X-PLAYLIST-TYPE:\(hasEnded ? "VOD" : "EVENT")")
    case .window: break
    }
    lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    let first = segments.first ?? openSegment
    lines.append("#EXT-X-MEDIA-SEQUENCE:\(first?.sequence ?? 0)")
    if discontinuitySequence > 0 {
      lines.append("#EXT-X-DISCONTINUITY-SEQUENCE:\(discontinuitySequence)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One segment's lines.
  ///
  /// - Parameter map: the initialization segment of the one before; nil if it is the first.
  package static func lines(of segment: Segment, after map: String?) -> String {
    begin(of: segment, after: map) + parts(of: segment)
      + "#EXTINF:\(seconds(segment.nanoseconds)),\n\(segment.uri)\n"
  }

  /// What comes after the segments.
  package func tail(after map: String?) -> String {
    if hasEnded { return "#EXT-X-ENDLIST\n" }
    var text = ""
    if let openSegment, !openSegment.parts.isEmpty {
      text += Self.begin(of: openSegment, after: map) + Self.parts(of: openSegment)
    }
    if let preloadHint { text += "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"\(preloadHint)\"\n" }
    for report in renditionReports {
      text += "#EXT-X-RENDITION-REPORT:URI=\"\(report.uri)\",LAST-MSN=\(report.lastSequence)"
      if let part = report.lastPart { text += ",LAST-PART=\(part)" }
      text += "\n"
    }
    return text
  }

  private static func begin(of segment: Segment, after map: String?) -> String {
    (segment.isDiscontinuity ? "#EXT-X-DISCONTINUITY\n" : "")
      + (segment.map == map ? "" : "#EXT-X-MAP:URI=\"\(segment.map)\"\n")
      + "#EXT-X-PROGRAM-DATE-TIME:\(date(segment.startedAtMilliseconds))\n"
  }

  private static func parts(of segment: Segment) -> String {
    segment.parts.map { part in
      "#EXT-X-PART:DURATION=\(seconds(part.nanoseconds)),URI=\"\(part.uri)\""
        + (part.isIndependent ? ",INDEPENDENT=YES\n" : "\n")
    }.joined()
  }

  /// A duration with five digits after the point.
  static func seconds(_ nanoseconds: Int64) -> String {
    let rounded = (max(0, nanoseconds) &+ 5_000) / 10_000
    return "\(rounded / 100_000)." + padded(rounded % 100_000, 5)
  }

  /// A time as ISO 8601 has it, in UTC with milliseconds (the calendar of RFC 3339).
  static func date(_ milliseconds: Int64) -> String {
    let days = Int64((Double(milliseconds) / 86_400_000).rounded(.down))
    let rest = milliseconds &- days &* 86_400_000
    // Days since 1970 to a date: Howard Hinnant's civil_from_days.
    let shifted = days &+ 719_468
    let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
    let dayOfEra = shifted &- era &* 146_097
    let yearOfEra =
      (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
    let shiftedMonth = (5 &* dayOfYear &+ 2) / 153
    let day = dayOfYear &- (153 &* shiftedMonth &+ 2) / 5 &+ 1
    let month = shiftedMonth < 10 ? shiftedMonth &+ 3 : shiftedMonth &- 9
    let year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + "\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2)):"
      + "\(padded(rest / 1000 % 60, 2)).\(padded(rest % 1000, 3))Z"
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
