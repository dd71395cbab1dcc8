/// Decodes types from a JSON value that was parsed and bounded already.
struct JSONValueDecoder: Decoder {
  let value: JSONValue
  var codingPath: [any CodingKey] = []
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy _: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = value else {
      throw mismatch([String: Any].self, codingPath)
    }
    return KeyedDecodingContainer(KeyedValues(members: members, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw mismatch([Any].self, codingPath) }
    return ListedValues(elements: elements, codingPath: codingPath)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    SingleValue(value: value, codingPath: codingPath)
  }
}

private func mismatch(_ type: any Any.Type, _ path: [any CodingKey]) -> DecodingError {
  .typeMismatch(type, .init(codingPath: path, debugDescription: "of another type"))
}

/// Turns one value into a Swift value.
private func convert<Value: Decodable>(
  _ value: JSONValue, to type: Value.Type, _ path: [any CodingKey]
) throws -> Value {
  // A value is itself, without walking through it once more.
  if type == JSONValue.self, let value = value as? Value { return value }
  return try Value(from: JSONValueDecoder(value: value, codingPath: path))
}

private func whole<Value: FixedWidthInteger>(
  _ value: JSONValue, _ path: [any CodingKey]
) throws -> Value {
  guard case .integer(let number) = value, let exact = Value(exactly: number) else {
    throw mismatch(Int.self, path)
  }
  return exact
}

private func real(_ value: JSONValue, _ path: [any CodingKey]) throws -> Double {
  switch value {
  case .integer(let number): Double(number)
  case .number(let number): number
  default: throw mismatch(Double.self, path)
  }
}

private struct SingleValue: SingleValueDecodingContainer {
  let value: JSONValue
  let codingPath: [any CodingKey]

  func decodeNil() -> Bool { value == .null }

  func decode(_: Bool.Type) throws -> Bool {
    guard case .bool(let value) = value else { throw mismatch(Bool.self, codingPath) }
    return value
  }

  func decode(_: String.Type) throws -> String {
    guard case .string(let value) = value else { throw mismatch(String.self, codingPath) }
    return value
  }

  func decode(_: Double.Type) throws -> Double { try real(value, codingPath) }
  func decode(_: Float.Type) throws -> Float { Float(try real(value, codingPath)) }
  func decode(_: Int.Type) throws -> Int { try whole(value, codingPath) }
  func decode(_: Int8.Type) throws -> Int8 { try whole(value, codingPath) }
  func decode(_: Int16.Type) throws -> Int16 { try whole(value, codingPath) }
  func decode(_: Int32.Type) throws -> Int32 { try whole(value, codingPath) }
  func decode(_: Int64.Type) throws -> Int64 { try whole(value, codingPath) }
  func decode(_: UInt.Type) throws -> UInt { try whole(value, codingPath) }
  func decode(_: UInt8.Type) throws -> UInt8 { try whole(value, codingPath) }
  func decode(_: UInt16.Type) throws -> UInt16 { try whole(value, codingPath) }
  func decode(_: UInt32.Type) throws -> UInt32 { try whole(value, codingPath) }
  func decode(_: UInt64.Type) throws -> UInt64 { try whole(value, codingPath) }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try convert(value, to: type, codingPath)
  }
}

private struct KeyedValues<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [String: JSONValue]
  let codingPath: [any CodingKey]

  var allKeys: [Key] { members.keys.compactMap(Key.init(stringValue:)) }
  func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try member(key) == .null }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let value = try member(key)
    let path = codingPath + [key]
    if value == .null, !(type is any ExpressibleByNilLiteral.Type) {
      throw DecodingError.valueNotFound(type, .init(codingPath: path, debugDescription: "null"))
    }
    return try convert(value, to: type, path)
  }

  private func member(_ key: Key) throws -> JSONValue {
    guard let value = members[key.stringValue] else {
      throw DecodingError.keyNotFound(
        key, .init(codingPath: codingPath, debugDescription: "missing"))
    }
    return value
  }

  private func nested(_ key: Key) throws -> JSONValueDecoder {
    JSONValueDecoder(value: try member(key), codingPath: codingPath + [key])
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try nested(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try nested(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    JSONValueDecoder(value: .object(members), codingPath: codingPath)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try nested(key) }
}

private struct ListedValues: UnkeyedDecodingContainer {
  let elements: [JSONValue]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(elements: [JSONValue], codingPath: [any CodingKey]) {
    self.elements = elements
    self.codingPath = codingPath
  }

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  private struct Index: CodingKey {
    let intValue: Int?
    var stringValue: String { intValue.map(String.init) ?? "" }
    init(_ index: Int) { intValue = index }
    init?(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { nil }
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let decoder = try nextDecoder(type)
    return try convert(decoder.value, to: type, decoder.codingPath)
  }

  private mutating func nextDecoder(_ type: any Any.Type) throws -> JSONValueDecoder {
    let path = codingPath + [Index(currentIndex)]
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(type, .init(codingPath: path, debugDescription: "the end"))
    }
    defer { currentIndex += 1 }
    return JSONValueDecoder(value: elements[currentIndex], codingPath: path)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try nextDecoder(type).container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try nextDecoder([Any].self).unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try nextDecoder(Any.self) }
}
