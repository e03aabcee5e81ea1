// Makes reference.f32: what onnxruntime computes with the face model from a fixed input, 25 numbers for
// each of 13 x 13 places, as 32-bit floats in little-endian order. Run once, in this folder:
//
//   npm install --prefix /somewhere --ignore-scripts onnxruntime-node@1.30.0
//   NODE_PATH=/somewhere/node_modules node reference.js
//
// The weights are read here by their manifest, independently of weights.go. faces_test.go makes the
// same input.
const fs = require('fs'), ort = require('onnxruntime-node'), { model, conv } = require('../../network/testdata/onnx.js');
const manifest = JSON.parse(fs.readFileSync('../model/tiny_face_detector_model-weights_manifest.json'));
const data = fs.readFileSync('../model/tiny_face_detector_model.bin');
const weights = {};
let at = 0;
for (const { name, shape, quantization: q } of manifest[0].weights) {
  const n = shape.reduce((a, b) => a * b, 1);
  weights[name] = { shape, data: Array.from(data.subarray(at, at + n), b => Math.fround(b * q.scale + q.min)) };
  at += n;
}
// [height, width, in, out] to [out, in, height, width]; of depthwise filters the last two change places.
function turn({ shape: [h, w, i, o], data }) {
  const out = [];
  for (let c = 0; c < o; c++) for (let d = 0; d < i; d++) for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) out.push(data[((y * w + x) * i + d) * o + c]);
  return { shape: [o, i, h, w], data: out };
}
function turnDepthwise({ shape: [h, w, c], data }) {
  const out = [];
  for (let d = 0; d < c; d++) for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) out.push(data[(y * w + x) * c + d]);
  return { shape: [c, 1, h, w], data: out };
}
const nodes = [['Conv', ['x', turn(weights['conv0/filters']), weights['conv0/bias']], 'c0', conv([3, 3], [1, 1], [0, 0, 0, 0])], ['LeakyRelu', ['c0'], 'l0', { alpha: { f: 0.1 } }]];
const pool = (from, to, stride) => nodes.push(['MaxPool', [from], to, { kernel_shape: [2, 2], strides: [stride, stride], auto_pad: 'SAME_UPPER' }]);
for (let i = 1; i <= 5; i++) {
  pool(`l${i - 1}`, `p${i}`, 2);
  const depth = turnDepthwise(weights[`conv${i}/depthwise_filter`]);
  nodes.push(['Conv', [`p${i}`, depth], `d${i}`, conv([3, 3], [1, 1], [1, 1, 1, 1], depth.shape[0])],
    ['Conv', [`d${i}`, turn(weights[`conv${i}/pointwise_filter`]), weights[`conv${i}/bias`]], `c${i}`, conv([1, 1], [1, 1], [0, 0, 0, 0])],
    ['LeakyRelu', [`c${i}`], `l${i}`, { alpha: { f: 0.1 } }]);
}
pool('l5', 'p6', 1);
nodes.push(['Conv', ['p6', turn(weights['conv8/filters']), weights['conv8/bias']], 'y', conv([1, 1], [1, 1], [0, 0, 0, 0])]);
(async () => {
  const shape = [1, 3, 416, 416], x = new Float32Array(3 * 416 * 416);
  for (let i = 0; i < x.length; i++) x[i] = ((i % 512) / 512 - 0.5) / 2 + (Math.floor(i / 5000) % 7) / 16;
  const session = await ort.InferenceSession.create(model(11, shape, nodes, 'y'), { graphOptimizationLevel: 'disabled' });
  const { y } = await session.run({ x: new ort.Tensor('float32', x, shape) });
  fs.writeFileSync('reference.f32', Buffer.from(y.data.buffer, y.data.byteOffset, y.data.byteLength));
  console.log(y.dims, Math.min(...y.data), Math.max(...y.data));
})();
