/// Why no pictures were made, in words.
struct FramesError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
