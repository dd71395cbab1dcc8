/// A USERNAME of ICE, split at its colon (RFC 8445 §7.2.2).
public struct STUNUsername: Hashable, Sendable {
  /// The fragment of whoever receives the request: ours, on requests to us.
  public var local: ShortToken
  /// The fragment of whoever sends the request; `nil` if longer than 16 bytes, as libnice's are.
  public var remote: ShortToken?

  @inlinable
  public init(local: ShortToken, remote: ShortToken?) {
    self.local = local
    self.remote = remote
  }

  /// `nil` without exactly one colon, or if a part is empty or the local one is no `ShortToken`.
  public init?(_ bytes: RawSpan, in range: Range<Int>) {
    guard range.lowerBound >= 0, range.upperBound <= bytes.byteCount else { return nil }
    var colon: Int?
    for index in range where bytes.bigEndian(at: index, as: UInt8.self) == UInt8(ascii: ":") {
      guard colon == nil else { return nil }
      colon = index
    }
    guard let colon, colon + 1 < range.upperBound,
      let local = ShortToken(bytes, in: range.lowerBound..<colon)
    else { return nil }
    self.init(local: local, remote: ShortToken(bytes, in: colon + 1..<range.upperBound))
  }
}
