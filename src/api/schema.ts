/** What the JSON form of a message needs to know of it; the tables themselves are generated (`gen/schema.ts`). */

export type FieldKind = 'bytes' | 'string' | 'int64' | 'uint64' | 'uint32' | 'bool' | 'enum' | 'message';

/** One field of a message. */
export interface FieldSchema {
  /** Name in the .proto file: the name in JSON output. */
  readonly name: string;
  /** Name in TypeScript, also accepted in JSON input. */
  readonly prop: string;
  readonly kind: FieldKind;
  /** Full name of the enum or message. */
  readonly type?: string;
  readonly repeated?: boolean;
  /** The union that the field is a case of: `{type: prop, value}` there. */
  readonly oneof?: string;
}

/** Fields in the order of declaration, by full message name. */
export type MessageSchemas = Readonly<Record<string, readonly FieldSchema[]>>;
/** Numbers by value name, by full enum name. */
export type EnumSchemas = Readonly<Record<string, Readonly<Record<string, number>>>>;
