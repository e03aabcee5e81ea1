// Makes the reference vectors of this folder: for each case a small ONNX model (ops/NAME.onnx) and
// what onnxruntime computes from a fixed input (ops/NAME.json). Run once, in this folder:
//
//   npm install --prefix /somewhere --ignore-scripts onnxruntime-node@1.30.0
//   NODE_PATH=/somewhere/node_modules node reference.js
const fs = require('fs'), ort = require('onnxruntime-node'), { model, conv } = require('./onnx.js');

// Deterministic values in [-1, 1).
let state = 1;
const values = n => Array.from({ length: n }, () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return Math.fround(state / 2147483648 - 1); });
const size = shape => shape.reduce((a, b) => a * b, 1);

const w = (shape, scale = 1, shift = 0) => ({ shape, data: values(size(shape)).map(v => Math.fround(v * scale + shift)) });
const num = v => ({ shape: [], data: [v] });
const ints = (...v) => ({ shape: [v.length], data: v, type: 7 });

const cases = {
  'conv-1x1': [9, [1, 12, 7, 9], [['Conv', ['x', w([24, 12, 1, 1]), w([24])], 'y', conv([1, 1], [1, 1], [0, 0, 0, 0])]]],
  'conv-1x1-stride-2': [9, [1, 12, 7, 9], [['Conv', ['x', w([18, 12, 1, 1])], 'y', conv([1, 1], [2, 2], [0, 0, 0, 0])]]],
  'conv-3x3-colours-stride-2': [9, [1, 3, 11, 14], [['Conv', ['x', w([16, 3, 3, 3])], 'y', conv([3, 3], [2, 2], [1, 1, 1, 1])]]],
  'conv-3x3': [9, [1, 18, 6, 9], [['Conv', ['x', w([24, 18, 3, 3]), w([24])], 'y', conv([3, 3], [1, 1], [1, 1, 1, 1])]]],
  'conv-3x3-no-padding': [9, [1, 8, 6, 9], [['Conv', ['x', w([5, 8, 3, 3]), w([5])], 'y', conv([3, 3], [1, 1], [0, 0, 0, 0])]]],
  'conv-1x3': [9, [1, 20, 1, 10], [['Conv', ['x', w([60, 20, 1, 3])], 'y', conv([1, 3], [1, 1], [0, 1, 0, 1])]]],
  'conv-narrower-than-the-filter': [9, [1, 8, 2, 2], [['Conv', ['x', w([8, 8, 5, 5])], 'y', conv([5, 5], [1, 1], [2, 2, 2, 2])]]],
  'depthwise-3x3': [9, [1, 12, 9, 11], [['Conv', ['x', w([12, 1, 3, 3]), w([12])], 'y', conv([3, 3], [1, 1], [1, 1, 1, 1], 12)]]],
  'depthwise-3x3-stride-2-1': [9, [1, 24, 9, 11], [['Conv', ['x', w([24, 1, 3, 3])], 'y', conv([3, 3], [2, 1], [1, 1, 1, 1], 24)]]],
  'depthwise-5x5': [9, [1, 40, 7, 13], [['Conv', ['x', w([40, 1, 5, 5]), w([40])], 'y', conv([5, 5], [1, 1], [2, 2, 2, 2], 40)]]],
  'depthwise-5x5-stride-2': [9, [1, 16, 3, 3], [['Conv', ['x', w([16, 1, 5, 5])], 'y', conv([5, 5], [2, 2], [2, 2, 2, 2], 16)]]],
  'conv-normalised-relu': [9, [1, 5, 6, 7], [['Conv', ['x', w([10, 5, 3, 3])], 'a', conv([3, 3], [1, 1], [1, 1, 1, 1])],
    ['BatchNormalization', ['a', w([10]), w([10]), w([10]), w([10], 0.4, 0.5)], 'b', { epsilon: { f: 1e-5 } }], ['Relu', ['b'], 'y']]],
  'normalised-alone': [9, [1, 10, 3, 4], [['Relu', ['x'], 'a'], ['BatchNormalization', ['a', w([10]), w([10]), w([10]), w([10], 0.4, 0.5)], 'y', { epsilon: { f: 1e-5 } }]]],
  'conv-scaled-hardswish-9': [9, [1, 8, 5, 6], [['Conv', ['x', w([16, 8, 1, 1], 3), w([16])], 'a', conv([1, 1], [1, 1], [0, 0, 0, 0])],
    ['Mul', [w([1]), 'a'], 'b'], ['Add', ['b', w([1])], 'c'], ['Add', ['c', num(3)], 'd'], ['Clip', ['d'], 'e', { min: { f: 0 }, max: { f: 6 } }],
    ['Mul', ['c', 'e'], 'f'], ['Div', ['f', num(6)], 'g'], ['Mul', [w([1]), 'g'], 'h'], ['Add', ['h', w([1])], 'y']]],
  'depthwise-scaled-hardswish-11': [11, [1, 8, 5, 6], [['Conv', ['x', w([8, 1, 3, 3], 3), w([8])], 'a', conv([3, 3], [1, 1], [1, 1, 1, 1], 8)],
    ['Mul', [w([1]), 'a'], 'b'], ['Add', ['b', w([1, 8, 1, 1])], 'c'], ['Add', ['c', num(3)], 'd'], ['Clip', ['d', num(0), num(6)], 'e'],
    ['Mul', ['c', 'e'], 'f'], ['Div', ['f', num(6)], 'g'], ['Mul', [num(-0.7), 'g'], 'h'], ['Add', ['h', num(0.3)], 'y']]],
  'conv-leaky': [11, [1, 8, 5, 6], [['Conv', ['x', w([16, 8, 1, 1]), w([16])], 'a', conv([1, 1], [1, 1], [0, 0, 0, 0])], ['LeakyRelu', ['a'], 'y', { alpha: { f: 0.1 } }]]],
  'transposed': [11, [1, 24, 4, 5], [['ConvTranspose', ['x', w([24, 24, 2, 2])], 'a', conv([2, 2], [2, 2], [0, 0, 0, 0])],
    ['Add', ['a', w([1, 24, 1, 1])], 'b'], ['BatchNormalization', ['b', w([24]), w([24]), w([24]), w([24], 0.4, 0.5)], 'c', { epsilon: { f: 1e-5 } }], ['Relu', ['c'], 'y']]],
  'transposed-to-one-channel': [11, [1, 24, 4, 5], [['ConvTranspose', ['x', w([24, 1, 2, 2])], 'a', conv([2, 2], [2, 2], [0, 0, 0, 0])], ['Add', ['a', w([1, 1, 1, 1])], 'b'], ['Sigmoid', ['b'], 'y']]],
  'squeeze-and-excite': [11, [1, 12, 6, 7], [['Conv', ['x', w([12, 12, 1, 1])], 'p', conv([1, 1], [1, 1], [0, 0, 0, 0])], ['GlobalAveragePool', ['p'], 'a'], ['Conv', ['a', w([3, 12, 1, 1]), w([3])], 'b', conv([1, 1], [1, 1], [0, 0, 0, 0])],
    ['Relu', ['b'], 'c'], ['Conv', ['c', w([12, 3, 1, 1]), w([12])], 'd', conv([1, 1], [1, 1], [0, 0, 0, 0])],
    ['HardSigmoid', ['d'], 'e', { alpha: { f: 0.2 }, beta: { f: 0.5 } }], ['Mul', ['p', 'e'], 'y']]],
  'squeeze-and-excite-added': [11, [1, 12, 6, 7], [['Conv', ['x', w([12, 12, 1, 1])], 'p', conv([1, 1], [1, 1], [0, 0, 0, 0])], ['GlobalAveragePool', ['p'], 'a'], ['Conv', ['a', w([12, 12, 1, 1]), w([12])], 'd', conv([1, 1], [1, 1], [0, 0, 0, 0])],
    ['HardSigmoid', ['d'], 'e', { alpha: { f: 0.1666667 }, beta: { f: 0.5 } }], ['Mul', ['p', 'e'], 'f'], ['Add', ['p', 'f'], 'y']]],
  'average-pool': [9, [1, 20, 6, 9], [['AveragePool', ['x'], 'y', { kernel_shape: [3, 2], strides: [3, 2], pads: [0, 0, 0, 0], count_include_pad: 0 }]]],
  'max-pool': [9, [1, 20, 7, 9], [['MaxPool', ['x'], 'y', { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] }]]],
  'max-pool-padded': [9, [1, 5, 7, 9], [['MaxPool', ['x'], 'y', { kernel_shape: [2, 2], strides: [1, 1], pads: [0, 0, 1, 1] }]]],
  'resize': [11, [1, 12, 3, 4], [['Resize', ['x', { shape: [0], data: [] }, { shape: [4], data: [1, 1, 2, 4] }], 'y', { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }]]],
  'resize-added': [11, [1, 12, 3, 4], [['Conv', ['x', w([12, 12, 1, 1])], 'a', conv([1, 1], [1, 1], [0, 0, 0, 0])], ['Resize', ['x', { shape: [0], data: [] }, { shape: [4], data: [1, 1, 2, 3] }], 'b', { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }],
    ['Resize', ['a', { shape: [0], data: [] }, { shape: [4], data: [1, 1, 2, 3] }], 'c', { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }], ['Add', ['b', 'c'], 'y']]],
  'concat-channels': [11, [1, 12, 3, 4], [['Conv', ['x', w([18, 12, 1, 1])], 'a', conv([1, 1], [1, 1], [0, 0, 0, 0])], ['Conv', ['x', w([7, 12, 1, 1])], 'b', conv([1, 1], [1, 1], [0, 0, 0, 0])], ['Concat', ['a', 'b'], 'y', { axis: 1 }]]],
  'concat-plain': [11, [2, 3, 4], [['Relu', ['x'], 'a'], ['Concat', ['x', 'a'], 'y', { axis: -1 }]]],
  'swish': [9, [1, 12, 3, 4], [['Mul', ['x', num(1)], 'a'], ['Sigmoid', ['a'], 'b'], ['Mul', ['x', 'b'], 'y']]],
  'layer-norm': [9, [1, 6, 20], [['ReduceMean', ['x'], 'a', { axes: [-1] }], ['Sub', ['x', 'a'], 'b'], ['Pow', ['b', num(2)], 'c'], ['ReduceMean', ['c'], 'd', { axes: [-1] }],
    ['Add', ['d', num(1e-5)], 'e'], ['Sqrt', ['e'], 'f'], ['Div', ['b', 'f'], 'g'], ['Mul', ['g', w([20])], 'h'], ['Add', ['h', w([20])], 'y']]],
  'mean-sub-pow-sqrt-div': [9, [2, 3, 8], [['ReduceMean', ['x'], 'a', { axes: [-1] }], ['Sub', ['x', 'a'], 'b'], ['Pow', ['b', num(2)], 'c'], ['Sqrt', ['c'], 'd'], ['Add', ['d', num(0.5)], 'e'], ['Div', ['x', 'e'], 'y']]],
  'pow-3': [9, [2, 3], [['Pow', ['x', num(3)], 'y']]],
  'repeat-shapes': [9, [2, 1, 3], [['Mul', ['x', w([4, 1])], 'a'], ['Sub', [w([3]), 'a'], 'b'], ['Add', ['b', w([2, 4, 3])], 'y']]],
  'matrix-2': [9, [3, 20], [['MatMul', ['x', w([20, 13])], 'a'], ['Add', ['a', w([13])], 'y']]],
  'matrix-3': [9, [1, 7, 24], [['MatMul', ['x', w([24, 72])], 'y']]],
  'attention': [9, [1, 5, 48], [['Reshape', ['x', ints(0, 5, 3, 2, 8)], 'a'], ['Transpose', ['a'], 'b', { perm: [2, 0, 3, 1, 4] }],
    ['Slice', ['b'], 'q0', { axes: [0], starts: [0], ends: [1] }], ['Squeeze', ['q0'], 'q', { axes: [0] }], ['Slice', ['b'], 'k0', { axes: [0], starts: [1], ends: [2] }], ['Squeeze', ['k0'], 'k', { axes: [0] }],
    ['Slice', ['b'], 'v0', { axes: [0], starts: [2], ends: [3] }], ['Squeeze', ['v0'], 'v', { axes: [0] }], ['Transpose', ['k'], 'kt', { perm: [0, 1, 3, 2] }],
    ['MatMul', ['q', 'kt'], 's'], ['Softmax', ['s'], 'p', { axis: 3 }], ['MatMul', ['p', 'v'], 'o'], ['Transpose', ['o'], 'y', { perm: [0, 2, 1, 3] }]]],
  'shape-arithmetic': [9, [1, 16, 1, 5], [['Shape', ['x'], 's'], ['Cast', ['s'], 'i', { to: 6 }], ['Slice', ['i'], 'l', { axes: [0], starts: [3], ends: [4] }], ['Cast', ['l'], 'c', { to: 7 }], ['Concat', [ints(0), ints(-1), 'c'], 'r', { axis: 0 }], ['Reshape', ['x', 'r'], 'y']]],
  'channels-to-the-end': [9, [1, 16, 3, 5], [['Conv', ['x', w([24, 16, 1, 1])], 'a', conv([1, 1], [1, 1], [0, 0, 0, 0])], ['Transpose', ['a'], 'y', { perm: [0, 2, 3, 1] }]]],
  'picture-arithmetic': [9, [1, 12, 3, 4], [['Conv', ['x', w([12, 12, 1, 1])], 'a', conv([1, 1], [1, 1], [0, 0, 0, 0])], ['Sub', ['a', 'x'], 'b'], ['Mul', ['a', 'b'], 'c'], ['Div', ['c', w([1, 12, 1, 1], 0.3, 1)], 'y']]],
  'softmax': [9, [2, 50], [['Mul', ['x', num(9)], 'a'], ['Softmax', ['a'], 'y', { axis: 1 }]]],
  'clip-and-hard-sigmoid': [11, [2, 30], [['Clip', ['x', num(-0.5)], 'a'], ['HardSigmoid', ['a'], 'y', { alpha: { f: 0.7 }, beta: { f: 0.4 } }]]],
};

(async () => {
  fs.mkdirSync('ops', { recursive: true });
  for (const [name, [opset, shape, nodes]] of Object.entries(cases)) {
    const file = model(opset, shape, nodes, 'y');
    const session = await ort.InferenceSession.create(file, { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1 });
    const input = values(size(shape));
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.from(input), shape) });
    fs.writeFileSync(`ops/${name}.onnx`, file);
    fs.writeFileSync(`ops/${name}.json`, JSON.stringify({ shape, input, want: y.dims, output: Array.from(y.data) }) + '\n');
  }
  console.log(Object.keys(cases).length, 'cases, onnxruntime', require('onnxruntime-node/package.json').version);
})();
