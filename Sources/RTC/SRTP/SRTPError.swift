/// Why a packet could not be protected or accepted.
public enum SRTPError: Error, Equatable, Sendable, CaseIterable {
  /// Shorter than its headers and tag together, or a length points past the end.
  case tooShort
  /// The buffer has no room for the tag.
  case noRoom
  /// The tag does not match: forged, damaged, or under another key.
  case authenticationFailed
  /// Seen before, or older than the replay window can tell.
  case replayed
  /// One more synchronisation source than a transport may have.
  case tooManySources
  /// An SRTCP packet without encryption, which this profile does not allow.
  case notEncrypted
  /// The key has protected as many packets as it may (RFC 3711 §9.2).
  case keyExpired
  /// A master key or salt whose length does not fit the profile.
  case badKey
}
