internal import Media
internal import Signal

/// Where an output's packets go, and what becomes of them.
///
/// The pipeline's thread owns it.
protocol OutputTarget: AnyObject {
  /// Queues a packet; never waits.
  func write(_ packet: EncodedPacket)
  /// Nothing follows.
  func finish()
  /// What happened since the last call.
  func takeNews() -> [OutputNews]
  /// The next picture should be a keyframe.
  func takeKeyframeWish() -> Bool
}

extension OutputTarget {
  func takeKeyframeWish() -> Bool { false }
}

/// What happens to an output.
enum OutputNews {
  case playable
  case target(index: Int, state: RTMPTargetState, reason: String?)
  case warning(OutputWarning, String)
  /// Over as asked; its files are whole.
  case finished([OutputFile])
  /// Over by itself.
  case failed(String, [OutputFile])
}
