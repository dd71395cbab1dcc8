import Control
import ServiceLifecycle

/// Removes the files of ended sessions as a service.
struct TemporaryFileService: Service {
  let files: TemporaryFiles
  let directory: RoomDirectory

  func run() async throws {
    await cancelWhenGracefulShutdown { await files.run(directory) }
  }
}
