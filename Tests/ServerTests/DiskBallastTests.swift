import Foundation
import Server
import Testing

@Suite struct DiskBallastTests {
  @Test func `room for records is kept while there is much, and given up when there is none`()
    throws
  {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ballast-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let ballast = DiskBallast(path: folder.appending(path: "ballast").path)
    func adjust(_ free: Int64) -> DiskBallast.Change? {
      ballast.adjust(to: DiskSpace(total: 1 << 40, free: free))
    }

    #expect(adjust(100 << 20) == nil)
    #expect(adjust(1 << 30) == .made)
    let values = try FileManager.default.attributesOfItem(atPath: ballast.path)
    #expect(values[.size] as? Int == 32 << 20)
    #expect(adjust(1 << 30) == nil)
    #expect(adjust(9 << 20) == nil)
    #expect(adjust(7 << 20) == .givenUp)
    #expect(!FileManager.default.fileExists(atPath: ballast.path))
    #expect(adjust(7 << 20) == nil)
    #expect(adjust(64 << 20) == nil)
  }
}
