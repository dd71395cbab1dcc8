public import Wire

/// The user name fragment and password of one ICE session (RFC 8445 §5.3).
public struct ICECredentials: Hashable, Sendable {
  public var fragment: ShortToken
  public var password: String
  let key: HMACKey

  /// `nil` if the fragment is empty, over 16 characters or not ASCII.
  public init?(fragment: String, password: String) {
    guard let fragment = ShortToken(fragment) else { return nil }
    self.fragment = fragment
    self.password = password
    key = HMACKey(password)
  }

  /// 8 and 24 characters of 6 bits each; the RFC asks for 24 and 128 bits at least.
  public static func random(using generator: inout some RandomNumberGenerator) -> Self {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    func text(_ count: Int) -> String {
      String((0..<count).map { _ in alphabet[Int(generator.next() & 63)] })
    }
    // Safe: eight letters always make a token.
    while true {
      if let credentials = Self(fragment: text(8), password: text(24)) { return credentials }
    }
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.fragment == b.fragment && a.password == b.password
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(fragment)
    hasher.combine(password)
  }

  /// Whether a message's MESSAGE-INTEGRITY was made with this password; false if it has none.
  func signed(_ message: borrowing STUNMessageView) -> Bool {
    guard let integrity = message.integrity else { return false }
    let covered = message.bytes.extracting(integrity.coveredRange)
    return unsafe key.hmac.digest(integrity.header.span.bytes, covered) == integrity.digest
  }

  /// Ends a message with MESSAGE-INTEGRITY and FINGERPRINT.
  func sign(_ message: inout STUNMessageWriter) {
    message.appendIntegrity { key.hmac.digest($0) }
    message.appendFingerprint()
  }
}

/// A password made ready for HMAC; computing its key blocks is most of the cost of a check.
struct HMACKey: @unchecked Sendable {  // HMACSHA1 holds two C structs of plain numbers
  let hmac: HMACSHA1

  init(_ password: String) {
    unsafe hmac = HMACSHA1(key: Array(password.utf8).span.bytes)
  }
}
