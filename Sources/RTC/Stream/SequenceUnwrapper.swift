public import Wire

/// Turns 16-bit sequence numbers into 64-bit indices that never wrap (RFC 3711 §3.3.1 calls them packet indices).
///
/// The first number becomes an index in the second cycle, so that packets reordered across the
/// start stay positive.
public struct SequenceUnwrapper: Sendable {
  /// The largest index so far; `nil` before the first packet.
  public private(set) var highest: Int64?

  public init() {}

  /// The index nearest to the highest one that has these low 16 bits.
  public func index(of sequence: SequenceNumber) -> Int64 {
    guard let highest else { return 0x1_0000 + Int64(sequence.rawValue) }
    let near = SequenceNumber(UInt16(truncatingIfNeeded: highest))
    return highest &+ Int64(sequence.distance(from: near))
  }

  /// The index of a packet that has arrived.
  public mutating func unwrap(_ sequence: SequenceNumber) -> Int64 {
    let index = index(of: sequence)
    if index > highest ?? .min { highest = index }
    return index
  }
}
