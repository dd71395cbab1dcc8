internal import Signal
internal import StoaClient

/// What the pipeline's thread is told.
enum ComposerInput: Sendable {
  case command(ComposerCommand)
  /// In the room: who was there, and who spoke.
  case joined([BotParticipant], speaker: String?)
  case room(BotEvent)
  /// Not in the room; another attempt follows.
  case joinFailed(String)
  /// Files of an earlier process were made whole, or not.
  case finished(ComposerEvent)
  /// `stoa serve` is gone: finish and end.
  case serverGone
}

/// What the pipeline's thread says.
enum ComposerMessage: Sendable {
  case event(ComposerEvent)
  /// Everything is finished; the process ends once the room is left.
  case done
  /// The room was left, or is over.
  case left
}
