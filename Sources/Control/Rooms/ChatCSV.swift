import Signal

/// The persisted messages of a session as a table (RFC 4180).
enum ChatCSV {
  private static let header = "messageId,topic,senderId,senderName,timestamp,message,payload\r\n"

  static func write(_ records: [MessageRecord]) -> [UInt8] {
    var text = header
    for record in records {
      let message = record.message
      let fields = [
        message.messageID, message.topic, message.senderID, message.senderName,
        Timestamp(milliseconds: message.timestamp).text, plain(message.message),
        message.payload.map(plain) ?? "",
      ]
      text += fields.map(field).joined(separator: ",") + "\r\n"
    }
    return Array(text.utf8)
  }

  /// Strings as they are, anything else as JSON.
  private static func plain(_ value: JSONValue) -> String {
    value.string ?? String(decoding: SignalJSON.encode(value), as: UTF8.self)
  }

  /// Quoted; and never a formula, which a spreadsheet would carry out.
  private static func field(_ text: String) -> String {
    let isFormula = text.utf8.first.map { Array("=+-@\t\r".utf8).contains($0) } ?? false
    let escaped = text.replacing("\"", with: "\"\"")
    return "\"\(isFormula ? "'" : "")\(escaped)\""
  }
}
