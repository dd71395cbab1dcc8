import Glibc
import NIOCore
import ServiceLifecycle

/// A service that listens on a port, and says in words why it cannot.
struct Listening: Service {
  private let service: any Service
  private let port: (setting: Setting, number: Int)
  private let bind: (setting: Setting, address: NetworkAddress)

  init(
    service: any Service, port setting: Setting, _ number: Int, bind bindSetting: Setting,
    _ address: NetworkAddress
  ) {
    self.service = service
    port = (setting, number)
    bind = (bindSetting, address)
  }

  func run() async throws {
    do {
      try await service.run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw ConfigurationError(
        "--\(port.setting.flag ?? "") \(port.number)", "the port is in use on \(bind.address)",
        cure: "stop the other program, or choose another port")
    } catch let error as IOError where error.errnoCode == EACCES {
      throw ConfigurationError(
        "--\(port.setting.flag ?? "") \(port.number)", "this user may not listen there",
        cure: "choose a port from 1024 on")
    } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL {
      throw ConfigurationError(
        "--\(bind.setting.flag ?? "") \(bind.address)", "this machine has no such address")
    }
  }
}
