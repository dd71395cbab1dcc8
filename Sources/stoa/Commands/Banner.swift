import Glibc
import Server

/// What a person sees when the server is up.
enum Banner {
  static func show(_ configuration: Configuration, port: Int) {
    let url = configuration.localURL(port: port)
    var lines = ["", "  Stoa \(Version.text) is up:  \(url)", ""]
    if configuration.isDevelopment {
      lines.append("  Development mode: everybody knows its secret. Ctrl-C stops it.")
      lines.append("  Webhooks may go to this machine, by http too.")
    } else {
      lines.append("  API key \(configuration.credential.key). Ctrl-C stops it.")
    }
    let last = configuration.udpPort + configuration.shards - 1
    let ports =
      last == configuration.udpPort ? "port \(last)" : "ports \(configuration.udpPort)–\(last)"
    lines += ["  Media: \(ports), UDP and TCP, on \(configuration.bind).", "", ""]
    let text = lines.joined(separator: "\n")
    // Unbuffered: a script that waits for the address reads it from a pipe.
    _ = text.withCString { write(STDOUT_FILENO, $0, strlen($0)) }
  }
}
