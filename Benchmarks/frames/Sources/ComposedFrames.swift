import Foundation
import Media
import Wire

/// Draws every layout with made-up people into PNG files, or measures what drawing costs.
@main
struct ComposedFrames {
  static func main() {
    do { try run() } catch {
      FileHandle.standardError.write(Data("composed-frames: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run() throws {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "--measure" {
      try Measurement.run(only: arguments.dropFirst().first)
    } else if let folder = arguments.first {
      try Gallery(folder: folder).run()
    } else {
      print("usage: composed-frames OUTPUT_FOLDER | --measure [NAME]")
      exit(2)
    }
  }
}
