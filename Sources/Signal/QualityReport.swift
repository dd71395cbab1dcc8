/// What only a client can see of its call; all counts are since it joined.
package struct QualityReport: Codable, Equatable, Sendable {
  /// From the wish to join to the first media.
  package var joinMilliseconds: Int?
  /// Times that a picture it shows stood still.
  package var freezes: Int?
  package var freezeMilliseconds: Int?
  package var network: NetworkType?

  package init(
    joinMilliseconds: Int? = nil, freezes: Int? = nil, freezeMilliseconds: Int? = nil,
    network: NetworkType? = nil
  ) {
    self.joinMilliseconds = joinMilliseconds
    self.freezes = freezes
    self.freezeMilliseconds = freezeMilliseconds
    self.network = network
  }
}

/// How a participant's machine is connected, as far as its browser tells.
package enum NetworkType: String, Codable, Sendable, CaseIterable {
  case wifi, cellular, ethernet, unknown
}
