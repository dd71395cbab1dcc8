internal import CFFmpeg

/// Scales pictures, or parts of them, with libswscale on the caller's thread.
///
/// One for each pipeline. Full range becomes limited range on the way; the colour matrix stays.
package final class Scaler {
  /// How pixels are found.
  package enum Quality: Hashable, Sendable {
    /// Each pixel from all the source's pixels it covers.
    ///
    /// libswscale's fast kind saves nothing worth the difference at the sizes of tiles.
    case bilinear
    /// Without edges, for enlarging very small pictures.
    case smooth
  }

  /// Contexts kept; more than that are only seen while tiles move.
  package static let maximumContexts = 48

  private struct Key: Hashable {
    var sourceWidth, sourceHeight, width, height: Int32
    var isFullRange: Bool
    var quality: Quality
  }

  private struct Entry {
    var context: OpaquePointer
    var lastUse: UInt64
  }

  private var contexts: [Key: Entry] = [:]
  private var uses: UInt64 = 0

  package init() {}

  deinit { for entry in contexts.values { sws_freeContext(entry.context) } }

  /// Scales a part of one picture over all of another.
  ///
  /// All, because libswscale writes some samples more than a row has: there has to be padding behind it.
  ///
  /// - Parameters:
  ///   - part: made even and cut to the source; `nil` is all of it.
  ///   - destination: not shared yet.
  /// - Throws: if libswscale refuses the sizes.
  package func scale(
    _ source: VideoFrame, part: PixelRectangle? = nil, to destination: VideoFrame,
    quality: Quality = .bilinear
  ) throws(AVError) {
    let part = part.map { $0.even.intersection(source.bounds) } ?? source.bounds
    guard !part.isEmpty else {
      throw AVError(-EINVAL, "scale an empty part of a picture")
    }
    if part.width == destination.width, part.height == destination.height, !source.isFullRange {
      return Self.copy(source, part, to: destination)
    }
    let context = try context(
      Key(
        sourceWidth: Int32(part.width), sourceHeight: Int32(part.height),
        width: Int32(destination.width), height: Int32(destination.height),
        isFullRange: source.isFullRange, quality: quality))

    var (from, fromStrides) = Self.planes(of: source, x: part.x, y: part.y)
    var (to, toStrides) = Self.planes(of: destination, x: 0, y: 0)
    let result = withUnsafePointer(to: &from) { from in
      from.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 4) { from in
        withUnsafeMutablePointer(to: &to) { to in
          to.withMemoryRebound(to: UnsafeMutablePointer<UInt8>?.self, capacity: 4) { to in
            withUnsafePointer(to: &fromStrides) { fromStrides in
              fromStrides.withMemoryRebound(to: Int32.self, capacity: 4) { fromStrides in
                withUnsafePointer(to: &toStrides) { toStrides in
                  toStrides.withMemoryRebound(to: Int32.self, capacity: 4) { toStrides in
                    sws_scale(
                      context, from, fromStrides, 0, Int32(part.height), to, toStrides)
                  }
                }
              }
            }
          }
        }
      }
    }
    try AVError.check(result, "scale a picture")
  }

  /// The same for what has the right size already.
  private static func copy(
    _ source: VideoFrame, _ part: PixelRectangle, to destination: VideoFrame
  ) {
    for index in 0..<3 {
      let shift = index == 0 ? 0 : 1
      let (from, to) = (source.plane(index), destination.plane(index))
      let start = from.base + (part.y >> shift) &* from.stride + part.x >> shift
      for row in 0..<to.height {
        (to.base + row &* to.stride).update(from: start + row &* from.stride, count: to.width)
      }
    }
  }

  /// Scales all of a picture.
  package func scale(
    _ source: VideoFrame, width: Int, height: Int, quality: Quality = .bilinear
  ) throws(AVError) -> VideoFrame {
    let result = try VideoFrame(width: width, height: height, colorMatrix: source.colorMatrix)
    result.rotation = source.rotation
    try scale(source, to: result, quality: quality)
    return result
  }

  private func context(_ key: Key) throws(AVError) -> OpaquePointer {
    uses &+= 1
    if let context = contexts[key]?.context {
      contexts[key]?.lastUse = uses
      return context
    }
    if contexts.count >= Self.maximumContexts,
      let oldest = contexts.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      sws_freeContext(oldest.value.context)
      contexts[oldest.key] = nil
    }
    let flags =
      switch key.quality {
      case .bilinear: SWS_BILINEAR
      case .smooth: SWS_BICUBIC
      }
    guard
      let context = sws_getContext(
        key.sourceWidth, key.sourceHeight, AV_PIX_FMT_YUV420P, key.width, key.height,
        AV_PIX_FMT_YUV420P, flags, nil, nil, nil)
    else {
      throw AVError(
        -EINVAL,
        "scale \(key.sourceWidth)x\(key.sourceHeight) to \(key.width)x\(key.height)")
    }
    if key.isFullRange {
      let table = sws_getCoefficients(SWS_CS_DEFAULT)
      sws_setColorspaceDetails(context, table, 1, table, 0, 0, 1 << 16, 1 << 16)
    }
    contexts[key] = Entry(context: context, lastUse: uses)
    return context
  }

  private typealias Pointers = (
    UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?,
    UnsafeMutablePointer<UInt8>?
  )
  private typealias Strides = (Int32, Int32, Int32, Int32)

  /// Where the planes begin at an even offset.
  private static func planes(of frame: VideoFrame, x: Int, y: Int) -> (Pointers, Strides) {
    let (luma, blue, red) = (frame.plane(0), frame.plane(1), frame.plane(2))
    return (
      (
        luma.base + y &* luma.stride + x, blue.base + y / 2 &* blue.stride + x / 2,
        red.base + y / 2 &* red.stride + x / 2, nil
      ),
      (Int32(luma.stride), Int32(blue.stride), Int32(red.stride), 0)
    )
  }
}
