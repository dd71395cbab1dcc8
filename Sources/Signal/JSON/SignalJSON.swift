/// The one way JSON is written and read on the public surface.
package enum SignalJSON {
  /// Encodes a value as one JSON text.
  ///
  /// Our types hold no value JSON cannot say, so this does not fail; a bug would give `{}`.
  package static func encode(_ value: some Encodable) -> [UInt8] {
    JSONWriter.write(self.value(value))
  }

  /// The same as a value, to be part of a larger one.
  package static func value(_ value: some Encodable) -> JSONValue {
    guard let value = try? JSONValueEncoder.encode(value) else {
      assertionFailure("\(type(of: value)) cannot be encoded")
      return .object([:])
    }
    return value
  }

  /// Decodes one untrusted JSON text.
  ///
  /// - Throws: `JSONParser.Violation`, or what the type's decoding throws.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: some Collection<UInt8>,
    maximumDepth: Int = JSONParser.maximumDepth, refusingRepeatedKeys: Bool = false
  ) throws -> Value {
    let value = try JSONParser.parse(
      Array(bytes), maximumDepth: maximumDepth, refusingRepeatedKeys: refusingRepeatedKeys)
    if let value = value as? Value { return value }
    return try Value(from: JSONValueDecoder(value: value))
  }

  /// What is wrong with a text, in words fit for the client that sent it.
  package static func explanation(of error: any Error) -> String {
    switch error {
    case let error as SignalDecodingError: error.message
    case JSONParser.Violation.tooDeep: "nested too deep"
    case JSONParser.Violation.notUTF8: "not UTF-8"
    case JSONParser.Violation.malformed(let index): "not JSON, at byte \(index)"
    case DecodingError.keyNotFound(let key, let context):
      "'\(path(context.codingPath + [key]))' is missing"
    case DecodingError.valueNotFound(_, let context):
      "'\(path(context.codingPath))' must not be null"
    case DecodingError.typeMismatch(let type, let context):
      context.codingPath.isEmpty
        ? "expected \(name(of: type))"
        : "'\(path(context.codingPath))' must be \(name(of: type))"
    case DecodingError.dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "not JSON" : "'\(path(context.codingPath))': \(context.debugDescription)"
    default: "cannot be read"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is Int.Type, is Int64.Type: "a whole number"
    case is Double.Type: "a number"
    case is [String: Any].Type: "an object"
    case is [Any].Type: "a list"
    default: "of another type"
    }
  }
}
