import Crypto
import FoundationEssentials
package import Signal

/// AWS Signature Version 4, as every S3-compatible store checks it.
package struct S3Signature: Sendable {
  /// In place of a hash of the body, where the connection is trusted to carry it whole.
  package static let unsignedPayload = "UNSIGNED-PAYLOAD"

  private let accessKeyID: String
  private let secret: String
  private let region: String

  package init(accessKeyID: String, secret: String, region: String) {
    self.accessKeyID = accessKeyID
    self.secret = secret
    self.region = region
  }

  /// What is signed.
  package struct Request: Sendable {
    package var method: String
    /// As the `Host` header has it.
    package var host: String
    /// Encoded with `S3Signature.encoded`.
    package var path: String
    package var query: [(name: String, value: String)]
    package var headers: [(name: String, value: String)]

    package init(
      method: String, host: String, path: String, query: [(name: String, value: String)] = [],
      headers: [(name: String, value: String)] = []
    ) {
      self.method = method
      self.host = host
      self.path = path
      self.query = query
      self.headers = headers
    }

    /// Path and query, for the request line.
    package var target: String {
      query.isEmpty ? path : path + "?" + S3Signature.canonical(query)
    }
  }

  /// The headers to send besides the request's own: date, payload hash and authorization.
  package func headers(
    of request: Request, payloadHash: String, at now: Timestamp
  ) -> [(name: String, value: String)] {
    let time = Self.time(now)
    var added: [(name: String, value: String)] = [
      ("x-amz-content-sha256", payloadHash), ("x-amz-date", time),
    ]
    let all = request.headers + added + [("host", request.host)]
    let names = all.map { $0.name.lowercased() }.sorted().joined(separator: ";")
    let signature = sign(
      request, headers: all, names: names, payloadHash: payloadHash, time: time)
    added.append(
      (
        "authorization",
        "AWS4-HMAC-SHA256 Credential=\(accessKeyID)/\(scope(time)),SignedHeaders=\(names),"
          + "Signature=\(signature)"
      ))
    return added
  }

  /// Path and query of a request that needs no headers, for `seconds`.
  package func presignedTarget(
    of request: Request, validFor seconds: Int, at now: Timestamp
  ) -> String {
    var request = request
    let time = Self.time(now)
    request.query += [
      ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
      ("X-Amz-Credential", "\(accessKeyID)/\(scope(time))"), ("X-Amz-Date", time),
      ("X-Amz-Expires", "\(seconds)"), ("X-Amz-SignedHeaders", "host"),
    ]
    let signature = sign(
      request, headers: [("host", request.host)], names: "host",
      payloadHash: Self.unsignedPayload, time: time)
    return request.target + "&X-Amz-Signature=\(signature)"
  }

  private func sign(
    _ request: Request, headers: [(name: String, value: String)], names: String,
    payloadHash: String, time: String
  ) -> String {
    let lines = headers.map { "\($0.name.lowercased()):\($0.value.trimmingSpaces)\n" }.sorted()
    let canonical = [
      request.method, request.path, Self.canonical(request.query), lines.joined(), names,
      payloadHash,
    ].joined(separator: "\n")
    let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope(time))\n\(Self.hash(Array(canonical.utf8)))"
    var key = Array("AWS4\(secret)".utf8)
    for part in [String(time.prefix(8)), region, "s3", "aws4_request"] {
      key = Self.code(part, key)
    }
    return Self.hex(Self.code(text, key))
  }

  private func scope(_ time: String) -> String {
    "\(time.prefix(8))/\(region)/s3/aws4_request"
  }

  private static func code(_ text: String, _ key: [UInt8]) -> [UInt8] {
    Array(
      HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
  }

  /// The SHA-256 of a body, in hexadecimal digits.
  package static func hash(_ bytes: [UInt8]) -> String { hex(Array(SHA256.hash(data: bytes))) }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// `20130524T000000Z`.
  private static func time(_ now: Timestamp) -> String {
    now.text.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
  }

  fileprivate static func canonical(_ query: [(name: String, value: String)]) -> String {
    query.map { "\(encoded($0.name))=\(encoded($0.value))" }.sorted().joined(separator: "&")
  }

  /// Percent-encoded, but for letters, digits and `-._~`; in paths the slash stays.
  package static func encoded(_ text: String, isPath: Bool = false) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
      case 0x2F where isPath: bytes.append(byte)
      default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
