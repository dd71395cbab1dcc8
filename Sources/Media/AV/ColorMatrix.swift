internal import CFFmpeg

/// How luma and chroma stand for red, green and blue.
package enum ColorMatrix: Sendable, Equatable {
  /// ITU-R BT.601: what WebRTC sends where nothing else is said, whatever the size.
  case bt601
  /// ITU-R BT.709: what players expect of HD. The canvas is BT.709.
  case bt709

  init(_ space: AVColorSpace) {
    switch space {
    case AVCOL_SPC_BT709, AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: self = .bt709
    default: self = .bt601
    }
  }

  var avColorSpace: AVColorSpace {
    switch self {
    case .bt601: AVCOL_SPC_SMPTE170M
    case .bt709: AVCOL_SPC_BT709
    }
  }
}
