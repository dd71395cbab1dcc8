/// The playlist that names the renditions (RFC 8216bis §4.4.6).
package struct HLSMultivariantPlaylist: Sendable, Equatable {
  package struct Variant: Sendable, Equatable {
    package var uri: String
    /// Bits per second that no segment exceeds.
    package var bandwidth: Int
    /// Bits per second in the mean.
    package var averageBandwidth: Int
    /// As in RFC 6381, separated by commas; nil if not known.
    package var codecs: String?
    /// Pixels; nil for sound alone.
    package var width: Int?
    package var height: Int?
    package var framesPerSecond: Int?
  }

  package var variants: [Variant]

  package init(variants: [Variant]) { self.variants = variants }

  /// The playlist as players read it.
  package var text: String {
    var text = "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n"
    for variant in variants {
      var attributes = [
        "BANDWIDTH=\(variant.bandwidth)", "AVERAGE-BANDWIDTH=\(variant.averageBandwidth)",
      ]
      if let codecs = variant.codecs { attributes.append("CODECS=\"\(codecs)\"") }
      if let width = variant.width, let height = variant.height {
        attributes.append("RESOLUTION=\(width)x\(height)")
      }
      if let rate = variant.framesPerSecond { attributes.append("FRAME-RATE=\(rate).000") }
      text += "#EXT-X-STREAM-INF:\(attributes.joined(separator: ","))\n\(variant.uri)\n"
    }
    return text
  }
}
