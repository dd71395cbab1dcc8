/// Why a datagram or packet went no further.
///
/// Every refusal has one and is counted.
public enum DropReason: Int, Sendable, CaseIterable {
  // Before anything is known about the sender.
  case emptyDatagram, unknownKind, unknownSource, tooLong
  case malformedSTUN, unknownUser, badIntegrity, notBindingRequest, pathTaken
  // A known peer, but not (yet) entitled.
  case dtlsRefused, noKeys, authenticationFailed, replayed, tooManySources
  // A packet that decrypted.
  case malformedRTP, malformedRTCP, unknownStream, unknownPayloadType, duplicate, tooOld, overRate
  // A packet with nowhere to go.
  case notPublished, noPath
}

/// Counts per reason; a fixed table, so that counting never allocates.
public struct DropCounters: Sendable {
  private var counts = InlineArray<32, UInt64>(repeating: 0)

  public init() {}

  public mutating func count(_ reason: DropReason) {
    counts[reason.rawValue] &+= 1
  }

  public subscript(reason: DropReason) -> UInt64 { counts[reason.rawValue] }

  /// The non-zero counts by name.
  public var byName: [String: UInt64] {
    var result: [String: UInt64] = [:]
    for reason in DropReason.allCases where self[reason] > 0 {
      result["\(reason)"] = self[reason]
    }
    return result
  }
}
