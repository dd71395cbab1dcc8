/// Makes a JSON value of an encodable one.
///
/// A class, as `Encoder` needs one: containers write into what the encoder keeps.
final class JSONValueEncoder: Encoder {
  let codingPath: [any CodingKey] = []
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// What is being built; leaves are values, the rest are encoders whose turn comes at the end.
  private enum Node {
    case value(JSONValue)
    case object([String: Node])
    case array([Node])
    case nested(JSONValueEncoder)

    var value: JSONValue {
      switch self {
      case .value(let value): value
      case .object(let members): .object(members.mapValues(\.value))
      case .array(let elements): .array(elements.map(\.value))
      case .nested(let encoder): encoder.value
      }
    }
  }
  private var node: Node?

  /// What was encoded; an object without members if nothing was.
  var value: JSONValue { node?.value ?? .object([:]) }

  static func encode(_ value: some Encodable) throws -> JSONValue {
    if let value = value as? JSONValue { return value }
    let encoder = JSONValueEncoder()
    try value.encode(to: encoder)
    return encoder.value
  }

  func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .object = node {} else { node = .object([:]) }
    return KeyedEncodingContainer(Keyed<Key>(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .array = node {} else { node = .array([]) }
    return Listed(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

  private func set(_ child: Node, _ key: any CodingKey) {
    guard case .object(var members) = node else { return }
    node = nil  // the only reference: no copy is made
    members[key.stringValue] = child
    node = .object(members)
  }

  private func append(_ child: Node) {
    guard case .array(var elements) = node else { return }
    node = nil
    elements.append(child)
    node = .array(elements)
  }

  private var count: Int {
    if case .array(let elements) = node { elements.count } else { 0 }
  }

  private static func leaf(_ number: some BinaryInteger) -> JSONValue {
    Int64(exactly: number).map(JSONValue.integer) ?? .number(Double(number))
  }

  private struct Single: SingleValueEncodingContainer {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { encoder.node = .value(.null) }
    func encode(_ value: Bool) { encoder.node = .value(.bool(value)) }
    func encode(_ value: String) { encoder.node = .value(.string(value)) }
    func encode(_ value: Double) { encoder.node = .value(.number(value)) }
    func encode(_ value: Float) { encoder.node = .value(.number(Double(value))) }
    func encode(_ value: Int) { encoder.node = .value(leaf(value)) }
    func encode(_ value: Int8) { encoder.node = .value(leaf(value)) }
    func encode(_ value: Int16) { encoder.node = .value(leaf(value)) }
    func encode(_ value: Int32) { encoder.node = .value(leaf(value)) }
    func encode(_ value: Int64) { encoder.node = .value(leaf(value)) }
    func encode(_ value: UInt) { encoder.node = .value(leaf(value)) }
    func encode(_ value: UInt8) { encoder.node = .value(leaf(value)) }
    func encode(_ value: UInt16) { encoder.node = .value(leaf(value)) }
    func encode(_ value: UInt32) { encoder.node = .value(leaf(value)) }
    func encode(_ value: UInt64) { encoder.node = .value(leaf(value)) }

    func encode(_ value: some Encodable) throws {
      encoder.node = .value(try JSONValueEncoder.encode(value))
    }
  }

  private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { encoder.set(.value(.null), key) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
      encoder.set(.value(try JSONValueEncoder.encode(value)), key)
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      nested(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { encoder }
    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: Key) -> JSONValueEncoder {
      let child = JSONValueEncoder()
      encoder.set(.nested(child), key)
      return child
    }
  }

  private struct Listed: UnkeyedEncodingContainer {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { [] }
    var count: Int { encoder.count }

    func encodeNil() { encoder.append(.value(.null)) }

    func encode(_ value: some Encodable) throws {
      encoder.append(.value(try JSONValueEncoder.encode(value)))
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
      superEncoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      superEncoder().unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
      let child = JSONValueEncoder()
      encoder.append(.nested(child))
      return child
    }
  }
}
