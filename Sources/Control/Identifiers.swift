/// Who rooms belong to: one owner of API keys, 24 hex digits; REST calls it `userId`.
package struct TenantID: Hashable, Sendable, Codable {
  package var rawValue: String
  package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A room's public name: `abcd-efgh-ijkl`.
package struct RoomID: Hashable, Sendable, Codable {
  package var rawValue: String
  package init(_ rawValue: String) { self.rawValue = rawValue }

  /// A fresh id: twelve characters of 32, 60 random bits in three groups.
  package static func random(using random: inout some RandomNumberGenerator) -> Self {
    var text: [UInt8] = []
    for index in 0..<12 {
      if index == 4 || index == 8 { text.append(UInt8(ascii: "-")) }
      text.append(Self.alphabet[Int(random.next() & 31)])
    }
    return Self(String(decoding: text, as: UTF8.self))
  }

  /// 32 characters, so that five random bits are one; without `l`, `0`, `1` and `9`, which are
  /// misread.
  private static let alphabet = Array("abcdefghijkmnopqrstuvwxyz2345678".utf8)
}

/// A session's id: 24 hex digits.
package struct SessionID: Hashable, Sendable, Codable {
  package var rawValue: String
  package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// One WebSocket; never reused while the program runs.
package struct ConnectionID: Hashable, Sendable {
  package var rawValue: UInt64
  package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// One shard process by its place; a respawned shard has the number of the one it replaces.
package struct ShardNumber: Hashable, Comparable, Sendable, Codable {
  package var rawValue: Int
  package init(_ rawValue: Int) { self.rawValue = rawValue }
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Random text for ids and secrets.
package enum RandomText {
  /// Lower-case hex digits.
  package static func hex(
    _ digits: Int, using random: inout some RandomNumberGenerator
  ) -> String {
    characters(digits, of: Array("0123456789abcdef".utf8), using: &random)
  }

  /// Lower-case letters and digits.
  package static func alphanumeric(
    _ count: Int, using random: inout some RandomNumberGenerator
  ) -> String {
    characters(count, of: Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8), using: &random)
  }

  private static func characters(
    _ count: Int, of alphabet: [UInt8], using random: inout some RandomNumberGenerator
  ) -> String {
    var text: [UInt8] = []
    for _ in 0..<count {
      text.append(alphabet[Int.random(in: alphabet.indices, using: &random)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
