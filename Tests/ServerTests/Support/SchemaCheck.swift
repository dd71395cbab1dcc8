import Signal

/// Whether a JSON value is what a schema of the served document says; knows what our schemas use.
struct SchemaCheck {
  /// `components.schemas` of the document.
  let components: [String: JSONValue]
  /// Members that the schema does not name are wrong too.
  var isStrict = true

  init(document: JSONValue, isStrict: Bool = true) {
    components = document["components"]?["schemas"]?.object ?? [:]
    self.isStrict = isStrict
  }

  /// What is wrong, with its place; empty if nothing is.
  func violations(of value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
    guard let schema = schema.object else { return ["\(place): the schema is no object"] }
    if case .string(let reference)? = schema["$ref"] {
      let name = String(reference.split(separator: "/").last ?? "")
      guard let target = components[name] else { return ["\(place): there is no \(reference)"] }
      return violations(of: value, target, at: place)
    }
    if case .array(let choices)? = schema["anyOf"] {
      return choices.contains { violations(of: value, $0, at: place).isEmpty }
        ? [] : ["\(place): none of the choices"]
    }
    if case .array(let values)? = schema["enum"], !values.contains(value) {
      return ["\(place): \(value) is not one of \(values)"]
    }
    if let types = schema["type"] {
      let names: [JSONValue] = if case .array(let list) = types { list } else { [types] }
      guard names.contains(where: { Self.isOf($0.string ?? "", value) }) else {
        return ["\(place): \(value) is no \(names.compactMap(\.string))"]
      }
    }
    switch value {
    case .object(let members): return checked(members, schema, place)
    case .array(let elements):
      guard let items = schema["items"] else { return [] }
      return elements.enumerated().flatMap {
        violations(of: $0.element, items, at: "\(place)[\($0.offset)]")
      }
    case .null, .bool, .integer, .number, .string: return []
    }
  }

  private func checked(
    _ members: [String: JSONValue], _ schema: [String: JSONValue], _ place: String
  ) -> [String] {
    var wrong: [String] = []
    if case .array(let required)? = schema["required"] {
      for name in required.compactMap(\.string) where members[name] == nil {
        wrong.append("\(place): '\(name)' is missing")
      }
    }
    guard let properties = schema["properties"]?.object else { return wrong }
    for (name, member) in members {
      if let property = properties[name] {
        wrong += violations(of: member, property, at: "\(place).\(name)")
      } else if isStrict {
        wrong.append("\(place): '\(name)' is not in the schema")
      }
    }
    return wrong
  }

  private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("integer", .integer), ("number", .integer),
      ("number", .number), ("string", .string), ("array", .array), ("object", .object):
      true
    default: false
    }
  }
}
