/// Gives a subscriber one unbroken run of packet indices, whatever the source switches to.
///
/// Within one source the distance between indices is kept, so that loss stays visible as loss and a
/// packet that comes late takes its own place.
public struct SequenceRewriter: Sendable {
  /// Packets; a longer jump of the source is a new start and must not look like loss.
  public static let maximumJump: Int64 = 1_000

  private var offset: Int64 = 0
  private var floor: Int64 = .max
  private var highestSource: Int64 = 0
  /// The largest index sent, or the one before the first.
  public private(set) var highest: Int64

  /// - Parameter start: the index before the first one sent; at least 0.
  public init(start: Int64) {
    highest = start
  }

  /// Continues with `source` as the next packet.
  public mutating func rebase(to source: Int64) {
    offset = highest + 1 - source
    floor = source
    highestSource = source
  }

  /// The index to send a source packet under; `nil` if it is from before the last `rebase`.
  public mutating func rewrite(_ source: Int64) -> Int64? {
    guard source >= floor else { return nil }
    if source > highestSource {
      if source - highestSource > Self.maximumJump { rebase(to: source) }
      highestSource = source
    }
    let index = source + offset
    if index > highest { highest = index }
    return index
  }

  /// The source packet that belongs under an index; `nil` if it is from before the last `rebase`.
  public func source(of index: Int64) -> Int64? {
    let source = index - offset
    return source >= floor && source <= highestSource ? source : nil
  }
}
