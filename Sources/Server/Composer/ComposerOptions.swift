package import Control
package import Signal

/// What composer processes are started with.
package struct ComposerOptions: Sendable {
  /// The program; it is given `compose`.
  package var executable: String
  /// Absolute.
  package var dataFolder: String
  package var limits: ComposerLimits
  /// Makes what they join with.
  package var passes: ComposerPasses
  /// Where livestreams may go.
  package var outbound: OutboundTargetPolicy
  /// Fetches what is drawn.
  package var images: any ImageSource

  package init(
    executable: String = "/proc/self/exe", dataFolder: String,
    limits: ComposerLimits = ComposerLimits(), passes: ComposerPasses,
    outbound: OutboundTargetPolicy, images: any ImageSource = NoImages()
  ) {
    self.executable = executable
    self.dataFolder = dataFolder
    self.limits = limits
    self.passes = passes
    self.outbound = outbound
    self.images = images
  }
}
