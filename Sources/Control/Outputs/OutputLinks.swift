import Crypto
package import Signal

/// Makes and checks the addresses of finished files: whoever has one may read the file for a while.
package struct OutputLinks: Sendable, Equatable {
  /// Seconds: a week, in which a receiver of a webhook surely fetches the file.
  package static let lifetime: Int64 = 7 * 86_400
  /// Hexadecimal digits of 16 bytes of HMAC-SHA256: nobody guesses 128 bits.
  private static let digits = 32

  private let key: [UInt8]

  /// - Parameter key: 32 random bytes, kept as long as links are to be valid.
  package init(key: [UInt8]) { self.key = key }

  /// The path and query of a file, valid from `now` for `lifetime`.
  package func path(outputID: String, fileID: String, at now: Timestamp) -> String {
    let expires = now.milliseconds / 1_000 &+ Self.lifetime
    return "/v2/outputs/\(outputID)/files/\(fileID)?expires=\(expires)"
      + "&signature=\(signature(outputID, fileID, expires))"
  }

  /// Whether a link was made here and has not expired.
  package func permits(
    outputID: String, fileID: String, expires: String, signature: String, at now: Timestamp
  ) -> Bool {
    guard !key.isEmpty, let seconds = Int64(expires), seconds > now.milliseconds / 1_000 else {
      return false
    }
    // Every digit is looked at, so that time tells nothing of the first that is wrong.
    let right = Array(self.signature(outputID, fileID, seconds).utf8)
    let given = Array(signature.utf8)
    guard right.count == given.count else { return false }
    return zip(right, given).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private func signature(_ outputID: String, _ fileID: String, _ expires: Int64) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Array("\(outputID)/\(fileID)/\(expires)".utf8), using: SymmetricKey(data: key))
    let hex = code.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    return String(hex.prefix(Self.digits))
  }
}
