/// Reads a session description line by line.
///
/// Unknown lines and attributes are kept or passed over; a malformed attribute that we use is an
/// error, a candidate we cannot use is left out.
public struct SDPParser {
  /// Bytes; a browser's offer with 100 sections, half of them video, has 210 KB in 7,000 lines.
  public static let maximumBytes = 512 << 10
  public static let maximumLines = 20_000
  public static let maximumMedia = 256

  private var session = SessionDescription()
  private var media: MediaSectionParser?
  private var direction: MediaDirection?
  private var hasVersion = false

  /// Reads `text`, whose lines end in CR LF or LF.
  public static func parse(_ text: String) throws(SDPParseError) -> SessionDescription {
    guard text.utf8.count <= maximumBytes else { throw .tooLong }
    var parser = SDPParser()
    var number = 0
    var rest = Substring(text).utf8
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
      var line = rest[..<end]
      rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
      if line.last == 0x0D { line.removeLast() }
      number += 1
      guard number <= maximumLines else { throw .tooManyLines }
      if line.isEmpty { continue }
      guard parser.hasVersion || Substring(line) == "v=0" else { throw .badVersion }
      parser.hasVersion = true
      // A control character would end the line early when it is written again.
      guard line.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }) else { throw .badLine(number) }
      do throws(MalformedAttribute) {
        try parser.read(Substring(line))
      } catch {
        throw error == .tooManyMedia ? .tooManyMedia : .badLine(number)
      }
    }
    guard parser.hasVersion else { throw .badVersion }
    parser.finishMedia()
    return parser.session
  }

  private mutating func read(_ line: Substring) throws(MalformedAttribute) {
    let cut = line.cut(at: "=")
    guard cut.head.utf8.count == 1, let value = cut.tail else { throw .malformed }
    switch cut.head {
    case "o": try readOrigin(value)
    case "m":
      finishMedia()
      guard session.media.count < Self.maximumMedia else { throw .tooManyMedia }
      media = try MediaSectionParser(line: value)
    case "a":
      let cut = value.cut(at: ":")
      let attribute = SDPAttribute(name: cut.head, value: cut.tail)
      if media == nil {
        try read(attribute)
      } else {
        try media?.read(attribute)
      }
    default: break  // v, s, t, c, b, k, … say nothing we use
    }
  }

  private mutating func readOrigin(_ value: Substring) throws(MalformedAttribute) {
    let fields = value.fields
    guard fields.count >= 3, let version = UInt64(fields[2]) else { throw .malformed }
    session.sessionID = String(fields[1])
    session.sessionVersion = version
  }

  private mutating func read(_ attribute: SDPAttribute) throws(MalformedAttribute) {
    if try session.transport.read(attribute) { return }
    switch attribute.name {
    case "group":
      let fields = attribute.fields
      guard let semantics = fields.first else { throw .malformed }
      let mids = fields.dropFirst().prefix(Self.maximumMedia).map(String.init)
      session.groups.append(MediaGroup(semantics: String(semantics), mids: mids))
    case "extmap-allow-mixed": session.allowsMixedExtensions = true
    case "ice-lite": session.isICELite = true
    case "sendrecv", "sendonly", "recvonly", "inactive":
      direction = MediaDirection(rawValue: String(attribute.name))
    default: session.otherAttributes.append(attribute.kept)
    }
  }

  private mutating func finishMedia() {
    guard let section = media?.finished(sessionDirection: direction) else { return }
    session.media.append(section)
    media = nil
  }
}

extension SessionDescription {
  /// Reads `text`, whose lines end in CR LF or LF.
  ///
  /// - Throws: `SDPParseError` when it is no session description, too large, or a line we use is
  ///   malformed.
  public init(parsing text: String) throws(SDPParseError) { self = try SDPParser.parse(text) }
}

/// Why a line is refused; the parser adds its number.
enum MalformedAttribute: Error { case malformed, tooManyMedia }

/// The `a=` line at hand.
struct SDPAttribute {
  var name: Substring
  var value: Substring?

  var fields: [Substring] { value?.fields ?? [] }
  var kept: SessionAttribute {
    SessionAttribute(name: String(name), value: value.map { String($0) })
  }
}
