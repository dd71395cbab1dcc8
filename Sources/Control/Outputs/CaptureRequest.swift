package import Signal

/// The body of `POST /v2/hls/capture`.
package struct CaptureRequest: Decodable, Equatable, Sendable {
  package var roomId: String
  /// Seconds since the stream's first picture; absent: now.
  package var time: Double?
  /// Pixels; one of both follows from the other.
  package var width: Int?
  package var height: Int?
  package var format: CaptureSpecification.Format?

  /// Pixels; smaller ones show nothing, larger ones no more.
  package static let sides = 16...4_096
  /// Seconds that a stream can have.
  package static let times = 0.0...1e7

  func check() throws(OutputRefusal) {
    for (name, side) in [("width", width), ("height", height)] {
      guard let side else { continue }
      guard Self.sides.contains(side) else {
        throw OutputRefusal(
          .invalidParameter,
          "'\(name)' is \(Self.sides.lowerBound) to \(Self.sides.upperBound) pixels.")
      }
    }
    if let time, !Self.times.contains(time) {
      throw OutputRefusal(
        .invalidParameter, "'time' is the seconds since the stream's start, 0 or more.")
    }
  }
}

/// A picture that was taken of a broadcast, as REST shows it.
package struct CapturedPicture: Encodable, Equatable, Sendable {
  package struct Meta: Encodable, Equatable, Sendable {
    package var createdAt: String
    /// Pixels.
    package var width: Int
    package var height: Int
    package var format: String
  }

  package var message = "captured thumbnail successfully"
  package var roomId: String
  package var meta: Meta
  /// Its address, readable without a token as the stream is.
  package var filePath: String
  /// Bytes.
  package var fileSize: Int64
  package var fileName: String
}
