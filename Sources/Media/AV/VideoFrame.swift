internal import CFFmpeg

/// A picture: 8-bit planar 4:2:0, as decoders give it and encoders take it.
///
/// Owns one reference to the memory. Whoever makes a frame fills it; once it was handed on, it is only read.
// Sendable: planes are written by the maker before the frame is shared, never after.
package final class VideoFrame: @unchecked Sendable {
  /// Pixels; screens of 5120x2880 fit, and no stream can claim gigabytes.
  package static let maximumPixels = 16_777_216

  /// One plane of samples, valid as long as the call it was handed to.
  package struct Plane {
    package let base: UnsafeMutablePointer<UInt8>
    /// Bytes from one row to the next, at least `width`.
    package let stride: Int
    package let width: Int
    package let height: Int
  }

  /// How far a picture has to be turned clockwise to stand upright (3GPP TS 26.114 §7.4.5).
  package enum Rotation: UInt8, Sendable {
    case none, quarter, half, threeQuarters
  }

  /// For libav's functions; ours to free.
  let frame: UnsafeMutablePointer<AVFrame>
  package let width: Int
  package let height: Int
  package let colorMatrix: ColorMatrix
  /// True if luma goes from 0 to 255, not from 16 to 235.
  package let isFullRange: Bool
  /// Set before the frame is shared, by whoever knows it: it is in the packets, not in the picture.
  package var rotation = Rotation.none

  /// A frame of undefined content, limited range.
  ///
  /// - Parameters:
  ///   - width: pixels, 1...16384; odd ones have a last column of chroma of half use.
  ///   - height: as the width; both multiplied at most `maximumPixels`.
  /// - Throws: if there is no memory, or the size is out of range.
  package init(width: Int, height: Int, colorMatrix: ColorMatrix = .bt709) throws(AVError) {
    guard (1...16_384).contains(width), (1...16_384).contains(height),
      width &* height <= Self.maximumPixels
    else { throw AVError(-EINVAL, "allocate a picture of \(width)x\(height)") }
    guard let frame = av_frame_alloc() else { throw AVError(-ENOMEM, "allocate a picture") }
    frame.pointee.format = AV_PIX_FMT_YUV420P.rawValue
    frame.pointee.width = Int32(width)
    frame.pointee.height = Int32(height)
    frame.pointee.colorspace = colorMatrix.avColorSpace
    frame.pointee.color_range = AVCOL_RANGE_MPEG
    let result = av_frame_get_buffer(frame, 0)
    guard result >= 0 else {
      var pointer: UnsafeMutablePointer<AVFrame>? = frame
      av_frame_free(&pointer)
      throw AVError(result, "allocate a picture of \(width)x\(height)")
    }
    self.frame = frame
    self.width = width
    self.height = height
    self.colorMatrix = colorMatrix
    isFullRange = false
  }

  /// Takes over a decoded 4:2:0 frame; `nil`, and nothing is taken, if it is anything else.
  init?(adopting frame: UnsafeMutablePointer<AVFrame>) {
    let isFullRangeFormat = frame.pointee.format == AV_PIX_FMT_YUVJ420P.rawValue
    guard frame.pointee.format == AV_PIX_FMT_YUV420P.rawValue || isFullRangeFormat,
      frame.pointee.width > 0, frame.pointee.height > 0,
      Int(frame.pointee.width) &* Int(frame.pointee.height) <= Self.maximumPixels,
      frame.pointee.data.0 != nil, frame.pointee.data.1 != nil, frame.pointee.data.2 != nil,
      frame.pointee.linesize.0 > 0, frame.pointee.linesize.1 > 0, frame.pointee.linesize.2 > 0
    else { return nil }
    // An encoder would repeat the sender's choice of keyframes.
    frame.pointee.pict_type = AV_PICTURE_TYPE_NONE
    frame.pointee.key_frame = 0
    self.frame = frame
    width = Int(frame.pointee.width)
    height = Int(frame.pointee.height)
    colorMatrix = ColorMatrix(frame.pointee.colorspace)
    isFullRange = isFullRangeFormat || frame.pointee.color_range == AVCOL_RANGE_JPEG
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVFrame>? = frame
    av_frame_free(&pointer)
  }

  /// Lends a plane: 0 is luma, 1 and 2 are blue and red chroma at half the size, rounded up.
  package func withPlane<Result, Failure: Error>(
    _ index: Int, _ body: (Plane) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(plane(index))
  }

  /// The same for code of this module that works on several planes at once, while it holds the frame.
  func plane(_ index: Int) -> Plane {
    let (base, stride) =
      switch index {
      case 0: (frame.pointee.data.0, frame.pointee.linesize.0)
      case 1: (frame.pointee.data.1, frame.pointee.linesize.1)
      default: (frame.pointee.data.2, frame.pointee.linesize.2)
      }
    // Both initialisers made sure of the pointers; `frame` is not handed out to be changed.
    return Plane(
      base: base.unsafelyUnwrapped, stride: Int(stride),
      width: index == 0 ? width : (width &+ 1) / 2,
      height: index == 0 ? height : (height &+ 1) / 2)
  }

  /// Makes the whole picture one colour.
  package func fill(y: UInt8, u: UInt8, v: UInt8) {
    for (index, value) in [y, u, v].enumerated() {
      let plane = plane(index)
      for row in 0..<plane.height {
        (plane.base + row &* plane.stride).update(repeating: value, count: plane.width)
      }
    }
  }

  /// Makes this picture like another of the same size; does nothing if the sizes differ.
  package func copy(_ other: VideoFrame) {
    guard other.width == width, other.height == height else { return }
    for index in 0..<3 {
      let (to, from) = (plane(index), other.plane(index))
      for row in 0..<to.height {
        (to.base + row &* to.stride).update(from: from.base + row &* from.stride, count: to.width)
      }
    }
  }
}
