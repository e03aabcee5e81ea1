package network

import "dossier/checks"

// LeftOut is the error with which packages answer that carry a model and were built with the tag
// nomodels. It is made by checks.Skip, so that a check can return it as it is.
var LeftOut = checks.Skip(checks.Text{En: "not measured: built without models", Zh: "未测量：本程序构建时未包含识别模型"})
