import CLinux
import FoundationEssentials
import Glibc

/// How many descriptors a process of this user may have.
package struct DescriptorLimits: Sendable, Equatable {
  package var hard: UInt64

  package init(hard: UInt64) { self.hard = hard }

  static var current: DescriptorLimits {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return DescriptorLimits(hard: 1_024)
    }
    return DescriptorLimits(hard: UInt64(limit.rlim_max))
  }
}

/// What the kernel knows of the wall clock.
enum ClockState {
  /// `nil` if it does not say.
  static var isSynchronised: Bool? {
    switch stoa_clock_is_synchronised() {
    case 0: false
    case 1: true
    default: nil
    }
  }
}

extension Diagnosis {
  /// Below this a few hundred participants over TCP and WebSocket use them up.
  private static let fewDescriptors: UInt64 = 4_096
  /// Below this a burst of keyframes is lost while the one before is forwarded.
  private static let smallBuffer = 1 << 20

  /// Each participant's WebSocket is a descriptor, and so is each media connection over TCP.
  package static func descriptors(_ limits: DescriptorLimits) -> Finding {
    let text = "at most \(limits.hard) open files"
    let cure = "LimitNOFILE=65536 in the systemd unit, or ulimit -Hn 65536"
    return switch limits.hard {
    case ..<256: .problem("descriptors", text, cure: cure)
    case ..<fewDescriptors: .warning("descriptors", text, cure: cure)
    default: .fine("descriptors", text)
    }
  }

  /// Whether the kernel sends many packets with one call; without, a stream costs more processor.
  static func segmentation() -> Finding {
    let socket = stoa_udp_socket(AF_INET, false)
    guard socket >= 0 else {
      return .problem(
        "UDP", "no UDP socket can be made", cure: "see what restricts this user (seccomp, ulimit)")
    }
    defer { close(socket) }
    return stoa_has_segmentation(socket)
      ? .fine("UDP", "the kernel sends segmented (GSO)")
      : .warning(
        "UDP", "the kernel does not send segmented (GSO): forwarding costs more processor time",
        cure: "use Linux 4.18 or newer")
  }

  /// How many unread datagrams the kernel holds for a socket.
  static func receiveBuffer() -> Finding {
    let socket = stoa_udp_socket(AF_INET, false)
    guard socket >= 0 else { return .fine("UDP buffer", "not looked at") }
    defer { close(socket) }
    stoa_set_buffers(socket, 8 << 20, 1 << 20)
    let size = Int(stoa_receive_buffer(socket))
    return size < smallBuffer
      ? .warning(
        "UDP buffer", "the kernel holds only \(size >> 10) KiB of unread datagrams for a socket",
        cure: "sysctl -w net.core.rmem_max=8388608")
      : .fine("UDP buffer", "\(size >> 10) KiB")
  }

  static func shards(_ configuration: Configuration) -> Finding {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return configuration.shards > cores
      ? .warning(
        "shards", "\(configuration.shards) media processes share \(cores) processor cores",
        cure: "leave shards at its default, one for each")
      : .fine("shards", "\(configuration.shards) on \(cores) processor cores")
  }

  static func web(_ configuration: Configuration) -> Finding {
    do {
      return try WebFolder.find(configuration.webDirectory) == nil
        ? .warning(
          "web", "there is no folder with the page and the SDK",
          cure: "web/build.sh makes web/dist; web names it")
        : .fine("web", "the folder is there")
    } catch {
      return .problem("web", "\(error.name): \(error.problem)", cure: error.cure ?? "check web")
    }
  }
}
