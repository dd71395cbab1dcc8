package import Wire

/// What a load publisher writes at the end of each payload, so that loss and delay can be measured
/// by whoever gets it on the same machine.
package struct LoadStamp: Equatable, Sendable {
  package static let length = 24
  /// "STOA".
  private static let magic: UInt32 = 0x5354_4F41

  /// Which publisher of the run.
  package var source: UInt32
  /// Counts the publisher's packets from 0.
  package var number: UInt64
  package var sentAt: MonotonicTime

  package init(source: UInt32, number: UInt64, sentAt: MonotonicTime) {
    self.source = source
    self.number = number
    self.sentAt = sentAt
  }

  /// Reads the last bytes of a payload; `nil` if there is no stamp.
  package init?(payload: RawSpan) {
    let start = payload.byteCount - Self.length
    guard start >= 0, payload.bigEndian(at: start, as: UInt32.self) == Self.magic else {
      return nil
    }
    source = payload.bigEndian(at: start + 4)
    number = payload.bigEndian(at: start + 8)
    sentAt = MonotonicTime(nanoseconds: payload.bigEndian(at: start + 16))
  }

  /// The stamp as it is sent.
  var bytes: [24 of UInt8] {
    var bytes = [24 of UInt8](repeating: 0)
    func store(_ value: UInt64, _ offset: Int, _ count: Int) {
      for index in 0..<count {
        bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - index)))
      }
    }
    store(UInt64(Self.magic), 0, 4)
    store(UInt64(source), 4, 4)
    store(number, 8, 8)
    store(UInt64(bitPattern: sentAt.nanoseconds), 16, 8)
    return bytes
  }
}
