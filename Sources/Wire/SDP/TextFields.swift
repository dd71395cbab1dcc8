/// Text before and after a separator.
struct TextCut {
  var head: Substring
  /// `nil` if the separator is not there.
  var tail: Substring?
}

extension Substring {
  /// Works on bytes, so that a combining mark after a separator does not hide it.
  func cut(at separator: Unicode.Scalar) -> TextCut {
    let byte = UInt8(truncatingIfNeeded: separator.value)
    guard let index = utf8.firstIndex(of: byte) else { return TextCut(head: self) }
    return TextCut(
      head: Substring(utf8[..<index]), tail: Substring(utf8[utf8.index(after: index)...]))
  }

  /// The parts between spaces, empty ones left out.
  var fields: [Substring] { utf8.split(separator: 0x20).map(Substring.init) }

  func parts(at separator: Unicode.Scalar) -> [Substring] {
    utf8.split(separator: UInt8(truncatingIfNeeded: separator.value)).map(Substring.init)
  }

  /// Without spaces and tabs at both ends.
  var trimmed: Substring {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    var view = utf8.drop(while: isSpace)
    while let last = view.last, isSpace(last) { view.removeLast() }
    return Substring(view)
  }
}
