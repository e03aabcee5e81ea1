package kernel

func setVectors(on bool) { vectors = on && hasAVX2 }
