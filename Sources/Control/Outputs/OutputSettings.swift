package import Signal

/// What the server was configured for: where outputs lie, and how many there may be.
package struct OutputSettings: Sendable, Equatable {
  /// Absolute; empty for a server that composes nothing.
  package var dataFolder: String
  /// Outputs of one API key at once; 0 is no limit.
  package var perKey: Int
  /// Processor cores that composers may be busy with; 0 is no limit.
  package var cores: Double
  package var limits: OutputLimits
  package var links: OutputLinks

  /// Recordings, livestreams and the like of one session at once, whatever `multiComposition` says.
  package static let maximumPerSession = 16

  package init(
    dataFolder: String = "", perKey: Int = 100, cores: Double = 0,
    limits: OutputLimits = OutputLimits(), links: OutputLinks = OutputLinks(key: [])
  ) {
    self.dataFolder = dataFolder
    self.perKey = perKey
    self.cores = cores
    self.limits = limits
    self.links = links
  }

  /// Where an output's files lie.
  package func folder(of type: OutputType, _ outputID: String, in session: SessionID) -> String {
    type == .hls
      ? "\(dataFolder)/hls/\(outputID)" : "\(dataFolder)/outputs/\(session.rawValue)/\(outputID)"
  }
}
