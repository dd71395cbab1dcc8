/// The mandatory fields of the dependency descriptor header extension (RTP Payload Format For AV1,
/// §A.8.1).
public struct DependencyDescriptor: Hashable, Sendable {
  public let startsFrame: Bool
  public let endsFrame: Bool
  /// 0...63; which template of the structure in force describes the frame.
  public let templateID: UInt8
  /// Goes up by one with every frame, modulo 2¹⁶.
  public let frameNumber: UInt16
  /// The descriptor brings a new template structure, as the first packet of a keyframe does.
  public let hasTemplateStructure: Bool
  /// The descriptor says which decode targets are active now.
  public let changesActiveTargets: Bool

  /// A keyframe starts in this packet.
  public var startsKeyframe: Bool { startsFrame && hasTemplateStructure }

  /// `nil` if `range` is not within `bytes` or shorter than three bytes.
  public init?(parsing bytes: RawSpan, in range: Range<Int>) {
    guard range.lowerBound >= 0, range.upperBound <= bytes.byteCount, range.count >= 3 else {
      return nil
    }
    let first: UInt8 = bytes.bigEndian(at: range.lowerBound)
    startsFrame = first & 0x80 != 0
    endsFrame = first & 0x40 != 0
    templateID = first & 0x3F
    frameNumber = bytes.bigEndian(at: range.lowerBound + 1)
    let flags = range.count > 3 ? bytes.bigEndian(at: range.lowerBound + 3, as: UInt8.self) : 0
    hasTemplateStructure = flags & 0x80 != 0
    changesActiveTargets = flags & 0x40 != 0
  }
}
