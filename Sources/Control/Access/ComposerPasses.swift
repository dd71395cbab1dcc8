import Signal
import Synchronization

/// What composers join with: random texts that this server made, for one session each.
///
/// No key signs them, so nobody else can make one; they end with the process that got them.
package final class ComposerPasses: Sendable {
  /// Of those who join with a pass; not a key that anybody may have, for it has a space.
  package static let apiKey = "internal composer"
  private static let prefix = "composer."

  private let passes = Mutex<[String: ComposedSession]>([:])

  package init() {}

  /// A new pass; forget it when its process is gone.
  package func make(for session: ComposedSession) -> String {
    var random = SystemRandomNumberGenerator()
    let pass = Self.prefix + RandomText.alphanumeric(48, using: &random)
    passes.withLock { $0[pass] = session }
    return pass
  }

  package func forget(_ pass: String) { passes.withLock { $0[pass] = nil } }

  /// What a pass allows; `nil` for what is none.
  func access(_ text: Substring, at now: Timestamp) -> AccessToken? {
    guard text.hasPrefix(Self.prefix),
      let session = passes.withLock({ $0[String(text)] })
    else { return nil }
    return AccessToken(
      apiKey: Self.apiKey, tenant: session.tenant, permissions: [.allowJoin], roles: [.rtc],
      roomID: session.roomID.rawValue, participantID: nil,
      expiresAt: Timestamp(milliseconds: now.milliseconds &+ 86_400_000),
      composedSession: session.sessionID)
  }
}
