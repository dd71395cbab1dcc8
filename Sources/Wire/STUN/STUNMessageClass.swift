/// What a STUN message is (RFC 8489 §5).
public enum STUNMessageClass: UInt8, Hashable, Sendable {
  case request = 0
  case indication = 1
  case success = 2
  case error = 3
}

/// What a STUN message asks for: 12 bits (RFC 8489 §18.2).
public struct STUNMethod: Hashable, Sendable {
  public var rawValue: UInt16
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue & 0xFFF }

  @inlinable public static var binding: Self { Self(rawValue: 1) }
}

/// The first 16 bits of a message, which weave method and class together (RFC 8489 §5, figure 3).
struct STUNMessageType {
  var method: STUNMethod
  var messageClass: STUNMessageClass

  /// - Parameter wireValue: the upper two bits are ignored.
  init(wireValue: UInt16) {
    let value = wireValue
    method = STUNMethod(rawValue: (value & 0x3E00) >> 2 | (value & 0x00E0) >> 1 | (value & 0x000F))
    messageClass =
      switch (value & 0x0100 != 0, value & 0x0010 != 0) {
      case (false, false): .request
      case (false, true): .indication
      case (true, false): .success
      case (true, true): .error
      }
  }

  init(_ messageClass: STUNMessageClass, _ method: STUNMethod) {
    self.method = method
    self.messageClass = messageClass
  }

  var wireValue: UInt16 {
    let bits = method.rawValue
    let kind = UInt16(messageClass.rawValue)
    return (bits & 0xF80) << 2 | (bits & 0x070) << 1 | (bits & 0x00F)
      | (kind & 2) << 7 | (kind & 1) << 4
  }
}
