import Wire

/// Every target by its name, which is also the name of its folder in `corpus/`.
let fuzzTargets: [String: @Sendable (RawSpan) -> Void] = [
  "srtp": fuzzSRTP,
  "srtcp": fuzzSRTCP,
  "dtls-server": { fuzzDTLSHandshake($0, role: .server) },
  "dtls-client": { fuzzDTLSHandshake($0, role: .client) },
  "dtls-data": fuzzDTLSData,
]

extension RawSpan {
  /// The bytes as an array.
  var copied: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }

  /// The byte at `offset`, 0 past the end.
  func byte(_ offset: Int) -> UInt8 { checkedBigEndian(at: offset) ?? 0 }
}
