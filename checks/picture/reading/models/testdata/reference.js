// Makes the reference outputs of this folder: what onnxruntime computes with the published models from fixed inputs. Run once, in this folder:
//
//   npm install --prefix /somewhere --ignore-scripts onnxruntime-node@1.30.0
//   NODE_PATH=/somewhere/node_modules node reference.js FOLDER
//
// FOLDER holds the models as published (see README.md in the folder above).
//
// NAME.f32 holds every step-th value of the output, as 32-bit floats in little-endian order. The input
// of the readers is a slow wave with noise over it, that of the detector bands of dark specks on white,
// which it takes for lines of text (on noise its map is zero, and nothing could differ).
// models_test.go makes the same.
const fs = require('fs'), ort = require('onnxruntime-node');
const cases = [
  ['detection-64x96', 'ch_PP-OCRv4_det_infer.onnx', 64, 96, 1],
  ['detection-96x160', 'ch_PP-OCRv4_det_infer.onnx', 96, 160, 7],
  ['detection-736x960', 'ch_PP-OCRv4_det_infer.onnx', 736, 960, 101],
  ['direction-48x192', 'ch_ppocr_mobile_v2.0_cls_infer.onnx', 48, 192, 1],
  ['recognition-48x64', 'ch_PP-OCRv4_rec_infer.onnx', 48, 64, 1],
  ['recognition-48x320', 'ch_PP-OCRv4_rec_infer.onnx', 48, 320, 53],
  ['recognition-48x1000', 'ch_PP-OCRv4_rec_infer.onnx', 48, 1000, 211],
];
(async () => {
  for (const [name, file, height, width, step] of cases) {
    const session = await ort.InferenceSession.create(process.argv[2] + '/' + file, { intraOpNumThreads: 1 });
    const n = 3 * height * width, x = new Float32Array(n);
    let state = 12345;
    for (let i = 0; i < n; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      if (name.startsWith('detection')) {
        const column = i % width, row = Math.floor(i / width) % height;
        const band = row % 48 >= 12 && row % 48 < 36 && column >= 16 && column < width - 16 && column % 24 < 20;
        const hash = (Math.imul(column >> 2, 40503) + Math.imul(row >> 2, 30011)) >>> 3;
        x[i] = band && hash % 3 !== 0 ? -1.75 : 2.25;
        continue;
      }
      x[i] = ((i % 512) / 512 - 0.5) + ((state >>> 8) / 16777216 - 0.5); // exact in 32 bits but for one rounding
    }
    const y = Object.values(await session.run({ x: new ort.Tensor('float32', x, [1, 3, height, width]) }))[0];
    const out = Float32Array.from(y.data.filter((_, i) => i % step === 0));
    fs.writeFileSync(name + '.f32', Buffer.from(out.buffer));
    console.log(name, y.dims, out.length);
  }
})();
