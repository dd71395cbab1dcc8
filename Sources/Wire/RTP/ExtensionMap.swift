/// Which header extension has which id on one transport, as SDP `extmap` negotiated.
///
/// Plain bits, 32 bytes: copied freely, looked up without allocation.
public struct ExtensionMap: Hashable, Sendable {
  /// Kind to id; 0 means not negotiated.
  @usableFromInline var ids = SIMD16<UInt8>(repeating: 0)
  /// Ids 1...15, all the one-byte form has, to kind plus one; 0 means not negotiated.
  @usableFromInline var kinds = SIMD16<UInt8>(repeating: 0)

  @inlinable public init() {}

  /// The id of `kind`, 1...255; `nil` if not negotiated.
  ///
  /// Setting 0 or `nil` removes it. An id belongs to one kind: giving it to a second takes it from the first.
  @inlinable
  public subscript(kind: HeaderExtensionKind) -> UInt8? {
    get {
      let id = ids[Int(kind.rawValue)]
      return id == 0 ? nil : id
    }
    set {
      let id = newValue ?? 0
      if id != 0, let previous = self.kind(of: id), previous != kind { self[previous] = nil }
      let old = ids[Int(kind.rawValue)]
      if old != 0, old < 16 { kinds[Int(old)] = 0 }
      ids[Int(kind.rawValue)] = id
      if id != 0, id < 16 { kinds[Int(id)] = kind.rawValue + 1 }
    }
  }

  /// The extension with `id`, `nil` for one we do not use.
  @inlinable
  public func kind(of id: UInt8) -> HeaderExtensionKind? {
    if id < 16 {
      let stored = kinds[Int(id)]
      return stored == 0 ? nil : HeaderExtensionKind(rawValue: stored - 1)
    }
    for index in 0..<16 where ids[index] == id {
      return HeaderExtensionKind(rawValue: UInt8(index))
    }
    return nil
  }

  /// Ids above 14 need the two-byte form (RFC 8285 §4.2).
  @inlinable public var needsTwoByteForm: Bool { ids.max() > 14 }
}
