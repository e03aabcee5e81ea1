// Writes small ONNX models, after onnx.proto. Used by the scripts that make reference vectors; a writer
// of its own keeps the reader in onnx.go from being tested against itself.
// Protocol buffers.
const varint = n => { const out = []; n = BigInt.asUintN(64, BigInt(n)); do { let b = Number(n & 127n); n >>= 7n; out.push(n ? b | 128 : b); } while (n); return Buffer.from(out); };
const key = (f, w) => varint(f * 8 + w);
const int = (f, v) => Buffer.concat([key(f, 0), varint(v)]);
const bytes = (f, b) => { b = Buffer.from(b); return Buffer.concat([key(f, 2), varint(b.length), b]); };
const f32 = (f, v) => { const b = Buffer.alloc(4); b.writeFloatLE(v); return Buffer.concat([key(f, 5), b]); };
const message = (...parts) => Buffer.concat(parts.flat(9));

function tensor(name, shape, data, type = 1) { // 1 float, 7 int64
  const b = Buffer.alloc(data.length * (type === 1 ? 4 : 8));
  data.forEach((v, i) => type === 1 ? b.writeFloatLE(v, 4 * i) : b.writeBigInt64LE(BigInt(v), 8 * i));
  return message(shape.map(d => int(1, d)), int(2, type), name ? bytes(8, name) : [], bytes(9, b));
}
function attribute(name, v) {
  if (typeof v === 'string') return message(bytes(1, name), bytes(4, v), int(20, 3));
  if (Array.isArray(v)) return message(bytes(1, name), v.map(x => int(8, x)), int(20, 7));
  if (v.f !== undefined) return message(bytes(1, name), f32(2, v.f), int(20, 1));
  return message(bytes(1, name), int(3, v), int(20, 2));
}

// A node is [operator, inputs, output, attributes]; an input that is an object is a weight.
function model(opset, shape, nodes, output) {
  const weights = [];
  const list = nodes.map(([op, inputs, out, attributes = {}], n) => bytes(1, message(
    inputs.map((x, i) => {
      if (typeof x === 'string') return bytes(1, x);
      const name = `w${n}.${i}`;
      weights.push(bytes(5, tensor(name, x.shape, x.data, x.type)));
      return bytes(1, name);
    }), bytes(2, out), bytes(3, `node ${n}`), bytes(4, op),
    Object.entries(attributes).map(([k, v]) => bytes(5, attribute(k, v))))));
  const info = (name, s) => message(bytes(1, name), bytes(2, bytes(1, message(int(1, 1), s ? bytes(2, message(s.map(d => bytes(1, int(1, d))))) : []))));
  return message(int(1, 7), bytes(7, message(list, bytes(2, 'case'), weights, bytes(11, info('x', shape)), bytes(12, info(output, null)))), bytes(8, message(int(2, opset))));
}

const conv = (k, s, p, g = 1) => ({ kernel_shape: k, strides: s, pads: p, group: g, dilations: [1, 1] });

module.exports = { model, conv };
