import JWTKit
package import Signal
import Synchronization

/// The keys that tokens are checked against, as of now; shared by whoever checks one.
///
/// Reading takes a lock and no store: what changes the keys replaces them here.
package final class KeyRing: Sendable {
  /// A key with what signatures are checked with.
  package struct Entry: Sendable {
    package let secret: String
    package let tenant: TenantID
    package let isAdmin: Bool
    let algorithm: any JWTAlgorithm

    package init(_ key: APIKey, tenant: TenantID, isAdmin: Bool) async throws {
      secret = key.secret
      self.tenant = tenant
      self.isAdmin = isAdmin
      algorithm = try await JWTKeyCollection()
        .add(hmac: HMACKey(from: key.secret), digestAlgorithm: .sha256).getKey()
    }

    fileprivate func isFor(_ record: KeyRecord) -> Bool {
      secret == record.secret && tenant == record.tenant && isAdmin == record.isAdmin
    }
  }

  private struct State: Sendable {
    var stored: [String: Entry] = [:]
    /// Of the store's keys when they were read; 0 before that.
    var version: Int64 = 0
    /// Keys used since the store was told so.
    var uses: [String: Timestamp] = [:]
    var toldAt: [String: Timestamp] = [:]
  }
  private let configured: [String: Entry]
  /// What composers join with.
  package let passes = ComposerPasses()
  private let state = Mutex(State())

  /// Milliseconds; a key's last use is written so often at most.
  package static let useInterval: Int64 = 60_000

  /// Always holds the keys of the configuration.
  package init(configured: [String: Entry]) { self.configured = configured }

  package func isConfigured(_ key: String) -> Bool { configured[key] != nil }

  package func holds(_ key: String) -> Bool {
    key == ComposerPasses.apiKey || self[key] != nil
  }

  subscript(key: String) -> Entry? {
    configured[key] ?? state.withLock { $0.stored[key] }
  }

  /// The version of the store's keys that are held.
  package var version: Int64 { state.withLock(\.version) }

  /// Holds the keys of the store that are not revoked, unless newer ones are held already.
  ///
  /// - Returns: the keys that are held no more.
  /// - Throws: what the cryptographic library throws on a key it cannot use; none of ours.
  package func replace(_ records: [KeyRecord], version: Int64) async throws -> Set<String> {
    let before = state.withLock(\.stored)
    var entries: [String: Entry] = [:]
    for record in records where record.revokedAt == nil {
      if let known = before[record.key], known.isFor(record) {
        entries[record.key] = known
      } else if let secret = record.secret, let key = try? APIKey(key: record.key, secret: secret) {
        entries[record.key] = try await Entry(key, tenant: record.tenant, isAdmin: record.isAdmin)
      }
    }
    return state.withLock { [entries] state in
      guard version > state.version else { return [] }
      // Whatever the key was before: a participant of another secret or tenant is not its.
      let gone = state.stored.filter { key, held in
        configured[key] == nil
          && entries[key].map { $0.secret != held.secret || $0.tenant != held.tenant } ?? true
      }
      state.stored = entries
      state.version = version
      state.toldAt = state.toldAt.filter { entries[$0.key] != nil || configured[$0.key] != nil }
      return Set(gone.keys)
    }
  }

  /// Notes that a token of this key was accepted.
  func used(_ key: String, at now: Timestamp) {
    state.withLock { state in
      if let told = state.toldAt[key], now.milliseconds < told.milliseconds &+ Self.useInterval {
        return
      }
      state.uses[key] = now
    }
  }

  /// The uses that the store has to be told, each once.
  package func takeUses() -> [String: Timestamp] {
    state.withLock { state in
      guard !state.uses.isEmpty else { return [:] }
      let uses = state.uses
      state.uses = [:]
      state.toldAt.merge(uses) { $1 }
      return uses
    }
  }
}
