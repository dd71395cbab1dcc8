package import Signal

/// What JSON looks like: a JSON Schema (2020-12), as OpenAPI 3.1 has them.
package struct Schema: Sendable {
  /// A member of an object.
  package struct Field: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool
    let description: String?
    let example: JSONValue?

    /// A member that is always there.
    package static func field(
      _ name: String, _ schema: Schema, _ description: String? = nil, example: JSONValue? = nil
    ) -> Field {
      Field(
        name: name, schema: schema, isRequired: true, description: description, example: example)
    }

    /// A member that may be left out.
    package static func optional(
      _ name: String, _ schema: Schema, _ description: String? = nil, example: JSONValue? = nil
    ) -> Field {
      Field(
        name: name, schema: schema, isRequired: false, description: description, example: example)
    }
  }

  /// Under this it stands among the components; `nil` stands where it is used.
  package let name: String?
  /// The schema itself, with references to those it uses.
  package let definition: JSONValue
  /// Those it refers to, which have names.
  let uses: [Schema]
  /// A value that fits; `nil` where none was given.
  package let example: JSONValue?

  private init(
    _ definition: JSONValue, name: String? = nil, uses: [Schema] = [], example: JSONValue? = nil
  ) {
    self.definition = definition
    self.name = name
    self.uses = uses
    self.example = example
  }

  /// What stands where it is used.
  package var reference: JSONValue {
    guard let name else { return definition }
    return ["$ref": .string("#/components/schemas/\(name)")]
  }

  /// No empty object fits.
  package var hasRequiredMembers: Bool { definition.object?["required"] != nil }

  private var named: [Schema] { name == nil ? uses : [self] }
}

extension Schema {
  package static let anything = Schema([:])
  package static let boolean = Schema(["type": "boolean"])
  package static let integer = Schema(["type": "integer"])
  package static let number = Schema(["type": "number"])
  package static let string = Schema(["type": "string"])
  /// ISO 8601 in UTC with milliseconds.
  package static let time = Schema(
    ["type": "string", "format": "date-time"], example: "2024-03-27T09:30:00.000Z")

  /// Lengths in characters; the pattern is an ECMA regular expression.
  package static func string(
    _ length: ClosedRange<Int>, pattern: String? = nil
  ) -> Schema {
    var definition: [String: JSONValue] = [
      "type": "string", "minLength": .integer(Int64(length.lowerBound)),
      "maxLength": .integer(Int64(length.upperBound)),
    ]
    definition["pattern"] = pattern.map { .string($0) }
    return Schema(.object(definition))
  }

  package static func integer(_ range: ClosedRange<Int>) -> Schema {
    Schema([
      "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
      "maximum": .integer(Int64(range.upperBound)),
    ])
  }

  package static func oneOf(_ values: [String]) -> Schema {
    Schema(["type": "string", "enum": .array(values.map { .string($0) })])
  }

  package static func oneOf<Value: CaseIterable & RawRepresentable<String>>(
    _: Value.Type
  ) -> Schema {
    oneOf(Value.allCases.map(\.rawValue))
  }

  package static func array(_ element: Schema, _ count: ClosedRange<Int>? = nil) -> Schema {
    var definition: [String: JSONValue] = ["type": "array", "items": element.reference]
    if let count {
      definition["minItems"] = .integer(Int64(count.lowerBound))
      definition["maxItems"] = .integer(Int64(count.upperBound))
    }
    return Schema(
      .object(definition), uses: element.named, example: element.example.map { .array([$0]) })
  }

  /// The value, or `null`.
  package static func nullable(_ schema: Schema) -> Schema {
    if schema.name == nil, case .object(var members) = schema.definition,
      case .string(let type)? = members["type"], members["enum"] == nil
    {
      members["type"] = .array([.string(type), "null"])
      return Schema(.object(members), uses: schema.uses, example: schema.example)
    }
    return Schema(
      ["anyOf": .array([schema.reference, ["type": "null"]])], uses: schema.named,
      example: schema.example)
  }

  package static let null = Schema(["type": "null"])

  /// Any of these.
  package static func anyOf(_ schemas: [Schema]) -> Schema {
    Schema(
      ["anyOf": .array(schemas.map(\.reference))], uses: schemas.flatMap(\.named),
      example: schemas.lazy.compactMap(\.example).first)
  }

  /// An object with at least these members.
  package static func object(_ fields: [Field]) -> Schema {
    var properties: [String: JSONValue] = [:]
    var example: [String: JSONValue] = [:]
    for field in fields {
      var property = field.schema.reference.object ?? [:]
      property["description"] = field.description.map { .string($0) }
      properties[field.name] = .object(property)
      example[field.name] = field.example ?? field.schema.example
    }
    let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
    var definition: [String: JSONValue] = [
      "type": "object", "properties": .object(properties),
    ]
    if !required.isEmpty { definition["required"] = .array(required) }
    return Schema(
      .object(definition), uses: fields.flatMap(\.schema.named),
      example: example.isEmpty ? nil : .object(example))
  }

  /// An object of which each member is of this kind.
  package static func dictionary(of element: Schema) -> Schema {
    Schema(
      ["type": "object", "additionalProperties": element.reference], uses: element.named)
  }

  /// The schema under a name of its own.
  package static func named(_ name: String, _ schema: Schema) -> Schema {
    Schema(schema.definition, name: name, uses: schema.uses, example: schema.example)
  }

  /// It and all it refers to, by name.
  package func collect(into components: inout [String: JSONValue]) {
    if let name {
      guard components[name] == nil else { return }
      components[name] = definition
    }
    for schema in uses { schema.collect(into: &components) }
  }
}
