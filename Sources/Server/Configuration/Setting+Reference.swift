extension Setting {
  /// The text of `docs/config.md`.
  package static var reference: String {
    var text = """
      # Configuration

      This page is made by `stoa settings > docs/config.md`; a test keeps it true.

      Every setting can be given in three ways. The first one found counts:

      1. a flag of `stoa serve`: `--udp-port 41000`,
      2. an environment variable: `STOA_UDP_PORT=41000`,
      3. a line of the configuration file: `udpPort: 41000`.

      The file is `stoa.yaml` in the working directory, or what `--config FILE` or `STOA_CONFIG` names.
      Lists are separated by commas; in the file they may also be YAML lists. A key, variable or flag
      that does not exist, and a value that cannot be, are refused at start, with their name.

      ```yaml
      # stoa.yaml
      apiKey: mykey
      apiSecretFile: /etc/stoa/secret   # openssl rand -hex 32 > secret; chmod 640 secret
      tlsCert: /etc/stoa/cert.pem
      tlsKey: /etc/stoa/key.pem
      port: 443
      publicUrl: https://meet.example.com
      announce: 203.0.113.7
      corsOrigins: [https://app.example.com, https://www.example.com]
      ```

      | key | variable | flag | values | default | meaning |
      |---|---|---|---|---|---|

      """
    for setting in allCases {
      let flag = setting.flag.map { "`--\($0)`" } ?? "none: a process list shows flags"
      let cells = [
        "`\(setting.key)`", "`\(setting.environmentName)`", flag, setting.allowed,
        setting.fallback ?? "–", setting.meaning,
      ]
      text += "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }
    text += """

      ## Development

      `stoa serve --dev` uses the API key `\(Configuration.Credential.development.key)` and the secret
      `\(Configuration.Credential.development.secret.value)`, listens on 127.0.0.1, lets pages of this
      machine call it, and gives tokens to `POST /dev/token`. Since everybody knows that secret, it
      refuses an address that others reach, unless `--dev-allow-public` says that this is meant. With an
      `apiKey` and secret of your own, `--dev` keeps the rest of it.

      ## Files

      A file with a secret in it (`apiSecretFile`, or a configuration file with `apiSecret`) is refused if
      everybody on the machine can read it. The data folder is made for its owner alone.

      ## Ports

      TCP `port` for HTTP and WebSocket; UDP and TCP `udpPort` up to `udpPort` + `shards` - 1 for media.

      """
    return text
  }
}
