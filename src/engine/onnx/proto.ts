import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { OnnxAttribute } from './lowering/lowering.ts'

/** The part of ONNX's ModelProto that Lethe writes. Field numbers are those of onnx.proto3 (IR version 9). */
export interface OnnxModel {
  nodes: readonly OnnxNode[]
  inputs: readonly OnnxPort[]
  outputs: readonly OnnxPort[]
  constants: readonly OnnxTensor[]
}

export interface OnnxNode {
  opType: string
  domain: string
  inputs: readonly string[]
  outputs: readonly string[]
  attributes: Readonly<Record<string, OnnxAttribute>>
}

export interface OnnxPort {
  name: string
  elementType: number
  shape: readonly (number | string)[]
}

export interface OnnxTensor {
  name: string
  elementType: number
  shape: readonly number[]
  bytes: Uint8Array
}

const opsets = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
]

/** Serialises a model. */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const w = new BinaryWriter()
  w.tag(1, WireType.Varint).int64(9)
  message(w, 7, (g) => {
    for (const node of model.nodes) message(g, 1, (n) => writeNode(n, node))
    text(g, 2, 'lethe')
    for (const tensor of model.constants) message(g, 5, (t) => writeTensor(t, tensor))
    for (const port of model.inputs) message(g, 11, (p) => writePort(p, port))
    for (const port of model.outputs) message(g, 12, (p) => writePort(p, port))
  })
  for (const { domain, version } of opsets)
    message(w, 8, (o) => {
      text(o, 1, domain)
      o.tag(2, WireType.Varint).int64(version)
    })
  return w.finish()
}

function message(w: BinaryWriter, field: number, fill: (w: BinaryWriter) => void): void {
  w.tag(field, WireType.LengthDelimited).fork()
  fill(w)
  w.join()
}

function text(w: BinaryWriter, field: number, value: string): void {
  w.tag(field, WireType.LengthDelimited).string(value)
}

function writeNode(w: BinaryWriter, node: OnnxNode): void {
  for (const name of node.inputs) text(w, 1, name)
  for (const name of node.outputs) text(w, 2, name)
  text(w, 4, node.opType)
  for (const [name, attribute] of Object.entries(node.attributes))
    message(w, 5, (a) => {
      text(a, 1, name)
      if ('float' in attribute) {
        a.tag(2, WireType.Bit32).float(attribute.float)
        a.tag(20, WireType.Varint).int32(1)
      } else if ('int' in attribute) {
        a.tag(3, WireType.Varint).int64(attribute.int)
        a.tag(20, WireType.Varint).int32(2)
      } else {
        for (const value of attribute.ints) a.tag(8, WireType.Varint).int64(value)
        a.tag(20, WireType.Varint).int32(7)
      }
    })
  if (node.domain) text(w, 7, node.domain)
}

function writeTensor(w: BinaryWriter, tensor: OnnxTensor): void {
  for (const length of tensor.shape) w.tag(1, WireType.Varint).int64(length)
  w.tag(2, WireType.Varint).int32(tensor.elementType)
  text(w, 8, tensor.name)
  w.tag(9, WireType.LengthDelimited).bytes(tensor.bytes)
}

function writePort(w: BinaryWriter, port: OnnxPort): void {
  text(w, 1, port.name)
  message(w, 2, (type) =>
    message(type, 1, (tensor) => {
      tensor.tag(1, WireType.Varint).int32(port.elementType)
      message(tensor, 2, (shape) => {
        for (const dim of port.shape)
          message(shape, 1, (d) => {
            if (typeof dim === 'number') d.tag(1, WireType.Varint).int64(dim)
            else text(d, 2, dim)
          })
      })
    }),
  )
}
