import Foundation
import Signal
import Testing

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

  @Test(arguments: [
    "null", "true", "0", "-5", "9007199254740993", "1.5", "\"\\u0001\\n\\\"\"", "[]", "{}",
    "[1,[2,{\"a\":null}]]", "\"\u{1F600}\"", "{\"a\":1,\"b\":[true,false]}", "\"\\\\/\\r\\t\"",
  ])
  func `any value passes through unchanged`(text: String) throws {
    #expect(String(decoding: JSONWriter.write(try parse(text)), as: UTF8.self) == text)
  }

  @Test(
    arguments: [
      ("1e2", .number(100)), ("-0", .integer(0)), ("1E-2", .number(0.01)), ("0.0", .number(0)),
      ("18446744073709551615", .number(18_446_744_073_709_551_616)), (" [ 1 , 2 ] ", [1, 2]),
      (#""\u00e9\/\b\f""#, "é/\u{8}\u{C}"), (#""\ud83d\ude00""#, "\u{1F600}"),
      (#""\ud83d""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude00""#, "\u{FFFD}"),
      (#""\ud83d\u0041""#, "\u{FFFD}A"), (#"{"a":1,"a":2}"#, ["a": 2]), (#""\u0000""#, "\u{0}"),
    ] as [(String, JSONValue)])
  func `texts mean what RFC 8259 says`(text: String, value: JSONValue) throws {
    #expect(try parse(text) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "tru", "+1", "01", "1.", ".5", "1e", "1e+", "-", "--1", "0x1", "NaN",
    "1e999", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "[", "[1", "[1,",
    "[1,]", "[,1]", "[1 2]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}", "{1:1}",
    "1 2", "[]]", "}", "'a'", "\u{FEFF}1", "/**/1",
  ])
  func `what is not JSON is refused`(text: String) {
    #expect(throws: JSONParser.Violation.self) { try parse(text) }
  }

  @Test func `40 levels pass and 41 do not`() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(try parse(nested(40)) != .null)
    #expect(throws: JSONParser.Violation.tooDeep) { try parse(nested(41)) }
    #expect(throws: JSONParser.Violation.tooDeep) { try parse(nested(200_000)) }
    #expect(throws: JSONParser.Violation.tooDeep) {
      try parse(String(repeating: "{\"a\":", count: 41))
    }
    #expect(try parse("\"" + String(repeating: "[{", count: 100) + "\"").string?.count == 200)
    #expect(
      try parse("[" + Array(repeating: "[]", count: 100).joined(separator: ",") + "]") != .null)
  }

  @Test func `other encodings are refused`() {
    for bytes in [Array("{}".utf8).flatMap { [$0, 0] }, [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22]]
      as [[UInt8]]
    {
      #expect(throws: JSONParser.Violation.self) { try JSONParser.parse(bytes) }
    }
  }

  /// Foundation's decoder as the oracle: whatever ours accepts means the same there, and what ours
  /// refuses is refused there but for the known differences.
  @Test(arguments: 0..<20)
  func `a random value is read by another parser as it was written`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      let value = randomValue(depth: 4, &random)
      let bytes = JSONWriter.write(value)
      #expect(try JSONParser.parse(bytes) == value, "seed \(seed)")
      let theirs = try JSONDecoder().decode(Box.self, from: Data(#"{"v":"#.utf8 + bytes + "}".utf8))
      #expect(theirs.v == value || value == .null, "seed \(seed)")
    }
  }

  private struct Box: Decodable { var v: JSONValue? }

  private func randomValue(depth: Int, _ random: inout SeededRandom) -> JSONValue {
    switch Int.random(in: 0..<(depth == 0 ? 5 : 7), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int64.random(in: .min ... .max, using: &random))
    case 3: return .number(Double.random(in: -1e9...1e9, using: &random) + 0.5)
    case 4:
      let scalars = (0..<Int.random(in: 0..<8, using: &random)).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random))
          ?? Unicode.Scalar(UInt32.random(in: 0..<0x80, using: &random))
      }
      return .string(String(String.UnicodeScalarView(scalars)))
    case 5:
      return .array(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
          randomValue(depth: depth - 1, &random)
        })
    default:
      return .object(
        Dictionary(
          (0..<Int.random(in: 0..<4, using: &random)).map { _ in
            (String(Int.random(in: 0..<9, using: &random)), randomValue(depth: depth - 1, &random))
          }, uniquingKeysWith: { $1 }))
    }
  }

  @Test func `a quarter of a megabyte of nothing is read at once`() throws {
    for element in ["[]", "{}", "1", "null", "\"\"", "0.5e1"] {
      let count = 250_000 / (element.utf8.count + 1)
      let text = "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
      var value: JSONValue?
      let elapsed = try ContinuousClock().measure { value = try parse(text) }
      guard case .array(let elements) = value else { continue }
      #expect(elements.count == count)
      // Unoptimised and on a busy machine; it is milliseconds otherwise, and seconds elsewhere.
      #expect(elapsed < .seconds(3))
    }
  }
}

/// A small generator with a seed (SplitMix64), so that a failing run can be repeated.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
