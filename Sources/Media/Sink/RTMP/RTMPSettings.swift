/// What holds for all outputs of a broadcast.
package struct RTMPSettings: Sendable {
  /// Of the video, bits per second: says how much the kernel may hold back.
  package var bitrate: Int
  /// PEM file of authorities for `rtmps`; nil: those of the system.
  package var certificateAuthorityFile: String?

  package init(bitrate: Int = 2_500_000, certificateAuthorityFile: String? = nil) {
    self.bitrate = bitrate
    self.certificateAuthorityFile = certificateAuthorityFile
  }
}
