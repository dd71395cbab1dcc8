extension HeaderExtensionMapping {
  /// `nil` for an id only offers without meaning yet have (4096 and up, RFC 8285 §7).
  ///
  /// - Parameter fields: `id[/direction] uri [attributes]`.
  /// - Throws: if they are malformed.
  init?(fields: [Substring]) throws(MalformedAttribute) {
    guard fields.count >= 2 else { throw .malformed }
    let cut = fields[0].cut(at: "/")
    guard let number = UInt16(cut.head), number > 0 else { throw .malformed }
    var direction: MediaDirection?
    if let tail = cut.tail {
      guard let parsed = MediaDirection(rawValue: String(tail)) else { throw .malformed }
      direction = parsed
    }
    guard let id = UInt8(exactly: number) else { return nil }
    self.init(id: id, uri: String(fields[1]), direction: direction)
  }
}

extension RestrictionIdentifier {
  /// - Parameter fields: `id send|recv [restrictions]`.
  /// - Throws: if they are malformed.
  init(fields: [Substring]) throws(MalformedAttribute) {
    guard fields.count >= 2, let direction = Direction(rawValue: String(fields[1])) else {
      throw .malformed
    }
    let restrictions = fields.dropFirst(2).joined(separator: " ")
    self.init(
      id: String(fields[0]), direction: direction, restrictions: FormatParameters(restrictions))
  }
}

extension Simulcast {
  /// - Parameter fields: `send list` and `recv list`, one or both.
  /// - Throws: if they are malformed.
  init(fields: [Substring]) throws(MalformedAttribute) {
    guard fields.count == 2 || fields.count == 4 else { throw .malformed }
    self.init()
    for index in stride(from: 0, to: fields.count, by: 2) {
      let streams = fields[index + 1].parts(at: ";").map { alternatives in
        alternatives.parts(at: ",").map { rid in
          rid.utf8.first == 0x7E
            ? Encoding(rid: String(rid.dropFirst()), isPaused: true) : Encoding(rid: String(rid))
        }
      }
      switch fields[index] {
      case "send": send = streams
      case "recv": receive = streams
      default: throw .malformed
      }
    }
  }
}

extension MediaStreamID {
  /// - Parameter text: `stream [track]`.
  /// - Throws: if there is no stream.
  init(text: Substring) throws(MalformedAttribute) {
    let fields = text.fields
    guard let stream = fields.first else { throw .malformed }
    self.init(stream: String(stream), track: fields.count > 1 ? String(fields[1]) : nil)
  }
}
