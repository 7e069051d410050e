import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** Debug options of XLA by the names of its proto, without `debug_options`. */
export type CompilerFlags = Readonly<Record<string, boolean | number>>

/**
 * A `CompileOptionsProto` for a program on one device.
 *
 * Flags are overrides, of which a plugin refuses unknown ones in words; a partial `debug_options` would set all others to zero.
 */
export function compileOptions(device: number, flags: CompilerFlags): Uint8Array {
  const w = new BinaryWriter()
  message(w, 3, (build) => {
    // The ordinal is not set; zero would be a device.
    build.tag(1, WireType.Varint).int64(-1)
    build.tag(4, WireType.Varint).int64(1)
    build.tag(5, WireType.Varint).int64(1)
    message(build, 9, (assignment) => {
      assignment.tag(1, WireType.Varint).int32(1)
      assignment.tag(2, WireType.Varint).int32(1)
      message(assignment, 3, (column) => message(column, 1, (ids) => ids.int64(device)))
    })
  })
  for (const [name, value] of Object.entries(flags))
    message(w, 7, (entry) => {
      entry.tag(1, WireType.LengthDelimited).string(name)
      message(entry, 2, (typed) => {
        if (typeof value === 'boolean') typed.tag(2, WireType.Varint).bool(value)
        else typed.tag(3, WireType.Varint).int64(value)
      })
    })
  return w.finish()
}

function message(w: BinaryWriter, field: number, fill: (w: BinaryWriter) => void): void {
  w.tag(field, WireType.LengthDelimited).fork()
  fill(w)
  w.join()
}
