import Glibc
package import Media

/// How thoroughly pictures are encoded: as well as the machine has time for when an encoding begins.
package enum EncodingEffort {
  /// Above this share of its time, a machine has none to spare for smaller files.
  private static let busyShare = 0.8
  /// 1280×720 and a little.
  private static let largePicture = 1_000_000

  /// The preset for a picture of this size.
  ///
  /// - Parameters:
  ///   - renditions: encoded one after the other in the time of one picture, this one included.
  ///   - load: tasks that run or wait, for each core; 1 is a machine without idle time.
  package static func preset(
    width: Int, height: Int, renditions: Int = 1, load: Double
  ) -> VideoEncoder.Preset {
    let isLarge = width * height > largePicture
    if load > busyShare || renditions > 1 { return isLarge ? .ultrafast : .superfast }
    return isLarge ? .superfast : .veryfast
  }

  /// The machine's load of the last minute for each of its cores.
  package static var load: Double {
    var averages: [Double] = [0]
    guard getloadavg(&averages, 1) == 1 else { return 0 }
    return averages[0] / Double(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1))
  }
}
